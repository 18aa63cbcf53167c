import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface LogFile {
  readonly file: string;
  write(line: string): void;
  close(): void;
}

/** A new log for the build of an image. Its name begins with the time, so logs are in the order of their builds. */
export function openLog(folder: string, image: string): LogFile {
  mkdirSync(folder, { recursive: true });
  const time = new Date().toISOString().replace(/[-:]/g, '');
  const file = join(folder, `${time}-${image.replace(/[^\w.-]+/g, '-')}.log`);
  const handle = openSync(file, 'a', 0o600);
  return { file, write: (line) => void writeSync(handle, `${line}\n`), close: () => closeSync(handle) };
}
