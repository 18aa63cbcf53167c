import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { terminalWords } from '../../src/cli/terminal-words.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { Command } from '../../src/commands/command.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { sluice } from '../support/cli.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';

const DIGEST = '0123456789abcdef';

interface Planned {
  readonly plan: Command;
  readonly write: Command;
  readonly input: Record<string, unknown>;
}

/** Every example of a plan, with the tool that carries it out. */
const PLANNED: readonly Planned[] = CATALOGUE.filter(({ name }) => name.endsWith('_plan')).flatMap((plan) =>
  (plan.examples ?? []).flatMap(({ input }) => {
    const given = input;
    const base = plan.name.replace(/_plan$/, '');
    const names = [`${base}_${String(given['action'])}`, base, `${base}_onboard`];
    const write = CATALOGUE.find(({ name }) => names.includes(name));
    return write ? [{ plan, write, input: given }] : [];
  }),
);

/** What the command line hands to the command: the words of a shell, parsed. */
async function inputOf(write: Command, line: string): Promise<unknown> {
  const words = execFileSync('bash', ['-c', `printf '%s\\0' ${line.replace(/^sluice /, '')}`], { encoding: 'utf8' });
  const original = write.check;
  let given: unknown;
  Object.assign(write, {
    check: (raw: unknown) => {
      given = raw;
      throw new SluiceError('INVALID_INPUT', 'enough for this test');
    },
  });
  try {
    await sluice({ gateway: createFakeGateway() }, ...words.split('\0').slice(0, -1));
  } finally {
    Object.assign(write, { check: original });
  }
  return given;
}

test.each(PLANNED.map((one) => [`${one.plan.name} → ${one.write.name}`, one] as const))(
  '%s: the command that is named does what was planned',
  async (_name, { write, input }) => {
    const said = terminalWords(
      `To do it, call ${write.name} with the same arguments and digest "${DIGEST}".`,
      CATALOGUE,
      input,
    );

    const [, line = ''] = /^To do it, call `(sluice [^`]+)`\.$/.exec(said) ?? [];
    const { action: _, ...same } = input;
    expect([said, await inputOf(write, line)]).toEqual([said, { ...same, digest: DIGEST }]);
  },
);

test('every toolset with a plan has an example here', () => {
  expect(PLANNED.map(({ plan }) => plan)).toEqual(
    CATALOGUE.filter(({ name }) => name.endsWith('_plan')).filter((plan) => !plan.name.startsWith('release')),
  );
});
