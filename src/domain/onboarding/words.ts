import { SluiceError } from '../errors.ts';

/** The words of a simple command. Undefined if only a shell would understand it. */
export function commandWords(command: string): readonly string[] | undefined {
  if (/[&|;<>$`\\"'(){}*?~#\n]/.test(command)) return undefined;
  const words = command.trim().split(/\s+/);
  return words[0] === '' || words[0]?.includes('=') ? undefined : words;
}

/** A path of a source without `./` and slashes at its ends. Errors: SOURCE_REFUSED if it leads out of the folder. */
export function within(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (!path.startsWith('/') && !parts.includes('..')) return parts.join('/') || '.';
  throw new SluiceError('SOURCE_REFUSED', `The path ${path.slice(0, 100)} leads out of the folder.`);
}
