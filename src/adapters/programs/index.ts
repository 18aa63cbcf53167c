import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { ProgramsPort } from '../../ports/programs.ts';

/** `env`: of the process, with PATH, and PATHEXT on Windows. */
export function createPrograms(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): ProgramsPort {
  const endings = platform === 'win32' ? ['', ...(env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';')] : [''];
  const isPath = (command: string): boolean =>
    command.includes('/') || (platform === 'win32' && command.includes('\\'));
  return {
    async exists(command, path = env['PATH'] ?? '') {
      const places = isPath(command)
        ? [command]
        : path.split(delimiter).map((folder) => join(folder === '' ? '.' : folder, command));
      const files = places.flatMap((place) => endings.map((ending) => `${place}${ending}`));
      return (await Promise.all(files.map(isProgram))).includes(true);
    },
  };
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
