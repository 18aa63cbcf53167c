import type { ProgramsPort } from '../../src/ports/programs.ts';

/** A machine that has every program but these. */
export function createFakePrograms(...missing: readonly string[]): ProgramsPort {
  return { exists: async (command) => command !== 'no-such-program' && !missing.includes(command) };
}
