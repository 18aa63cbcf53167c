import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Command } from '../../src/commands/command.ts';
import type { Toolset } from '../../src/commands/toolset.ts';
import { TOOLSETS } from '../../src/toolsets/index.ts';
import { parse } from '../../src/contract/parse.ts';

const input = z.strictObject({ mode: z.enum(['answer', 'refuse', 'break', 'hang']) });
const output = z.strictObject({ effective: z.string(), next: z.string() });

export interface Probe {
  readonly command: Command<typeof input, typeof output>;
  /** Set when a hanging call was notified that its caller has gone. */
  readonly seen: { aborted: boolean; started: boolean };
}

/** Every toolset, with the probe added to the toolset that it names. */
export function toolsetsWith({ command }: Probe): readonly Toolset[] {
  return TOOLSETS.map((toolset) =>
    toolset.name === command.toolset
      ? { ...toolset, commands: [...toolset.commands, command as unknown as Command] }
      : toolset,
  );
}

/** A command that does what its input says, to test how interfaces handle each outcome. */
export function probeCommand(): Probe {
  const seen = { aborted: false, started: false };
  const command: Probe['command'] = {
    name: 'release_probe',
    title: 'Probe',
    description: 'Does what its input says.',
    kind: 'read',
    idempotent: true,
    toolset: 'release',
    input,
    output,
    examples: [{ title: 'Answer', input: { mode: 'answer' } }],
    check: (raw) => parse(input, raw),
    async run({ progress, signal }, { mode }) {
      seen.started = true;
      if (mode === 'break') throw new TypeError('password=hunter22 cannot be read at /srv/secret.ts:1');
      await progress('half way', 0.5);
      if (mode === 'hang') {
        signal.addEventListener('abort', () => (seen.aborted = true), { once: true });
        await sleep(10_000, undefined, { signal }).catch(() => undefined);
      }
      return { effective: mode === 'refuse' ? 'refused' : 'proved', next: 'Look at the state.' };
    },
    problem: ({ effective }) => (effective === 'refused' ? 'NOT_APPLICABLE' : undefined),
    text: ({ effective }) => `It is ${effective}.`,
  };
  return { command, seen };
}
