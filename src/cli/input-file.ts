import { readFileSync } from 'node:fs';
import { SluiceError } from '../domain/errors.ts';

const MAX_BYTES = 256 * 1024;

/** Reads a file with an input, YAML or JSON; `-` is stdin. Throws INVALID_INPUT. */
export async function readInputFile(file: string): Promise<unknown> {
  const text = readText(file);
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  if (problem) throw new SluiceError('INVALID_INPUT', `${file} is not YAML or JSON: ${problem.message}`);
  return toValue(() => document.toJS({ maxAliasCount: 20 }), file);
}

function readText(file: string): string {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8');
    if (text.length <= MAX_BYTES) return text;
  } catch (error) {
    throw new SluiceError(
      'INVALID_INPUT',
      `Cannot read ${file}: ${unreadable((error as { code?: string }).code) ?? String(error)}.`,
      { next: 'Check the path of the file.' },
    );
  }
  throw new SluiceError('INVALID_INPUT', `${file} is larger than ${MAX_BYTES / 1024} KB.`);
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'its permissions do not allow it',
};

function unreadable(code: string | undefined): string | undefined {
  return code === undefined ? undefined : (UNREADABLE[code] ?? code);
}

function toValue(read: () => unknown, file: string): unknown {
  try {
    return read();
  } catch (error) {
    throw new SluiceError('INVALID_INPUT', `${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
