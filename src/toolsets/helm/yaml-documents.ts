import { stringify, type ScalarTag, type Tags } from 'yaml';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { documentsIn } from '../../commands/objects/yaml-text.ts';

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
  return documentsIn(what, text, { merge: true, customTags });
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
