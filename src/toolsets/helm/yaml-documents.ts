import { parseAllDocuments, stringify, type Document, type ScalarTag, type Tags } from 'yaml';
import { isRecord, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';

/** A few lines of YAML can stand for gigabytes by aliases of aliases. */
const MAX_ALIASES = 100;

const int = 'tag:yaml.org,2002:int';
const bool = 'tag:yaml.org,2002:bool';
const tag = (name: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag => ({
  tag: name,
  default: true,
  test,
  resolve,
  stringify: ({ value }) => String(value),
});
/** Helm and Kubernetes read YAML 1.1 here, in which 0644 is octal and `yes` is true. Source: go.yaml.in/yaml/v2. */
const AS_IN_GO: readonly ScalarTag[] = [
  tag(int, /^[-+]?0[0-7_]+$/, (text) => Number.parseInt(text.replaceAll('_', ''), 8)),
  tag(bool, /^(y|Y|yes|Yes|YES|on|On|ON)$/, () => true),
  tag(bool, /^(n|N|no|No|NO|off|Off|OFF)$/, () => false),
];
const customTags = (tags: Tags): Tags => [...AS_IN_GO, ...tags];

/** The documents of a YAML text as Helm reads them, without empty ones. Errors: INVALID_INPUT with the line. */
export function yamlDocuments(what: string, text: string): readonly ApiObject[] {
  const documents = [...parseAllDocuments(text, { uniqueKeys: true, merge: true, customTags })];
  return documents.flatMap((document, index) => {
    const [error] = document.errors;
    if (error) throw invalid(what, index, error.message.split('\n')[0] ?? '');
    const value = plain(what, index, document);
    if (value === null || value === undefined) return [];
    if (!isRecord(value)) throw invalid(what, index, 'it is not an object');
    return [value];
  });
}

/** The values of a call. Errors: INVALID_INPUT. */
export function valuesIn(text: string | undefined): ApiObject {
  const [values = {}, ...others] = yamlDocuments('values', text ?? '');
  if (others.length === 0) return values;
  throw new SluiceError('INVALID_INPUT', `values: they are ${others.length + 1} documents; one is the most.`);
}

export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

function plain(what: string, index: number, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    throw invalid(what, index, error instanceof Error ? error.message : String(error));
  }
}

function invalid(what: string, index: number, why: string): SluiceError {
  const reason = cleanText(why, 300).replace(/[:.\s]+$/, '');
  return new SluiceError('INVALID_INPUT', `${what}: document ${index + 1} is not valid: ${reason}.`, {
    next: 'Correct the YAML and call again.',
  });
}
