import { expect, jest, test } from '@jest/globals';
import { tables } from '../../bench/tools/report.ts';
import { run, VIAS } from '../../bench/tools/run.ts';
import { Closers } from '../../src/entry/demo/closers.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(900_000);

/** The peers come from npm: without them. What the figures are is nobody's business here. */
test('the benchmark of the tools asks every question in every way, and cleans up', async () => {
  const closers = new Closers();
  const problems: string[] = [];
  try {
    const results = await run(
      await sharedSandbox(),
      { sizes: [2, 3], calls: 2, starts: 1, peers: false },
      closers,
      () => undefined,
    );

    const asked = results.rows.map(({ via, pace, question, size }) => `${via}/${pace}/${question}/${size}`);
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked).toHaveLength(2 * 4 * (2 * 2 + 2));
    for (const via of VIAS) expect(tables(results)).toContain(`### ${via}, now and then`);
    expect(results.rows.every(({ samples }) => (samples.sluice?.length ?? 0) > 0)).toBe(true);
    expect(results.memory['sluice']?.every(({ restMib, mostMib }) => restMib > 0 && mostMib >= restMib)).toBe(true);
  } finally {
    await closers.run((line) => problems.push(line));
  }
  expect(problems).toEqual([]);
});
