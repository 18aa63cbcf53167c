import { parseAllDocuments, type Document, type ParseOptions, type SchemaOptions } from 'yaml';
import { isRecord, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';

const MAX_DOCUMENTS = 50;
/** A few lines of YAML can stand for gigabytes by aliases of aliases. */
const MAX_ALIASES = 100;

/**
 * The documents of a YAML or JSON text, each an object. Errors: INVALID_INPUT with the line, also for a key that is
 * there twice, because only one of its values would count.
 */
export function objectsIn(field: string, text: string): readonly ApiObject[] {
  const objects = documentsIn(field, text, { merge: false });
  if (objects.length === 0) throw new SluiceError('INVALID_INPUT', `${field}: it contains no document.`);
  if (objects.length > MAX_DOCUMENTS)
    throw new SluiceError(
      'INVALID_INPUT',
      `${field}: it contains ${objects.length} documents; ${MAX_DOCUMENTS} are the most.`,
    );
  return objects;
}

/** As `objectsIn`, for any number of documents. `form`: how YAML is read. Empty documents do not count. */
export function documentsIn(
  field: string,
  text: string,
  form: Pick<ParseOptions & SchemaOptions, 'merge' | 'customTags'>,
): readonly ApiObject[] {
  const documents = [...parseAllDocuments(text, { ...form, uniqueKeys: true })];
  return documents.flatMap((document, index) => {
    const [error] = document.errors;
    if (error) throw invalid(field, index, error.message.split('\n')[0] ?? '');
    const value = plain(field, index, document);
    if (value === null || value === undefined) return [];
    if (!isRecord(value)) throw invalid(field, index, 'it is not an object');
    return [value];
  });
}

function plain(field: string, index: number, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    throw invalid(field, index, error instanceof Error ? error.message : String(error));
  }
}

function invalid(field: string, index: number, why: string): SluiceError {
  const reason = cleanText(why, 300).replace(/[:.\s]+$/, '');
  return new SluiceError('INVALID_INPUT', `${field}: document ${index + 1} is not valid: ${reason}.`, {
    next: 'Correct the YAML and call again.',
  });
}
