import type { ProgramsPort } from '../../ports/programs.ts';

/** Whether the command of a version can be started on this machine. A PATH of the version itself comes first. */
export async function isKnownProgram(
  programs: ProgramsPort,
  command: string,
  env: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const path = env['PATH'];
  // What a reference means is known only to the gateway.
  if ([command, path].some((text) => text?.includes('${'))) return true;
  return programs.exists(command, path);
}

export function unknownProgram(command: string): string {
  return /[/\\]/.test(command)
    ? `There is no program ${command}, as seen from this folder.`
    : `There is no program ${command} on PATH.`;
}
