import { readFile, stat } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { isRecord } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { overlaid } from '../../domain/helm/values.ts';
import type { HelmValues } from '../../ports/helm.ts';
import { localPath } from './local-chart.ts';

const MAX_BYTES = 1_000_000;
/** A few lines of YAML can stand for gigabytes by aliases of aliases. */
const MAX_ALIASES = 100;

/** The values of files in the folder of charts, later ones over earlier ones. Errors: INVALID_INPUT with the file. */
export async function valuesOfFiles(files: readonly string[], folder: string): Promise<HelmValues> {
  let values: HelmValues = {};
  for (const file of files) values = overlaid(values, await valuesOf(file, folder));
  return values;
}

async function valuesOf(file: string, folder: string): Promise<HelmValues> {
  const path = await localPath('values_files', file, folder);
  const found = await stat(path);
  if (!found.isFile()) throw invalid(file, 'it is no file');
  if (found.size > MAX_BYTES) throw invalid(file, `it has ${found.size} bytes; ${MAX_BYTES} are the most`);
  return valuesIn(file, await readFile(path, 'utf8'));
}

/** As Helm reads them: YAML 1.1. A key that is there twice is refused, because only one of its values would count. */
function valuesIn(file: string, text: string): HelmValues {
  const documents = parseAllDocuments(text, { version: '1.1', merge: true, uniqueKeys: true });
  const [fault] = documents.flatMap(({ errors }) => errors);
  if (fault) throw invalid(file, fault.message.split('\n')[0] ?? '');
  const [document, ...others] = documents;
  if (others.length > 0) throw invalid(file, `it has ${documents.length} documents; one is the most`);
  const values = plain(file, () => document?.toJS({ maxAliasCount: MAX_ALIASES }) as unknown) ?? {};
  if (isRecord(values)) return values;
  throw invalid(file, 'it is not an object');
}

function plain(file: string, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error));
  }
}

function invalid(file: string, why: string): SluiceError {
  const reason = why.slice(0, 300).replace(/[:.\s]+$/, '');
  return new SluiceError('INVALID_INPUT', `values_files: ${file} cannot be used: ${reason}.`, {
    next: 'Correct the file, or name another one.',
  });
}
