import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CATALOGUE } from '../../../src/toolsets/index.ts';
import { casesFor, complaintsOf, speedUpClock, outcomesOf, tryAll } from './run.ts';

const EACH = 240;

/** Fuzzes every tool of a toolset over worlds in memory: real commands, ports and adapters over a fake API server. */
export function fuzzToolset(toolset: string): void {
  jest.setTimeout(180_000);
  let restore: () => void = () => undefined;
  beforeAll(() => void (restore = speedUpClock()));
  afterAll(() => restore());

  const commands = CATALOGUE.filter((command) => command.toolset === toolset);
  test.each(commands.map((command) => [command.name, command] as const))(
    `%s answers ${EACH} inputs truly or with the catalogue, and leaves nothing half-written`,
    async (name, command) => {
      const tried = await tryAll(command, casesFor(command, EACH));

      expect([name, complaintsOf(tried)]).toEqual([name, []]);
      const { INVALID_INPUT = 0, UNKNOWN_NAME = 0, ok = 0, refused = 0 } = outcomesOf(tried);
      // Some cases must pass the validation of the input, and some must fail it.
      expect(tried.length - INVALID_INPUT - UNKNOWN_NAME).toBeGreaterThan(EACH / 24);
      expect(INVALID_INPUT + UNKNOWN_NAME).toBeGreaterThan(EACH / 10);
      expect(ok + refused).toBeGreaterThan(0);
      if (process.env['SLUICE_FUZZ_TELL']) process.stderr.write(`${name}: ${JSON.stringify(outcomesOf(tried))}\n`);
    },
  );
}
