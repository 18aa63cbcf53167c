import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { complaintsOf, farthestCalls, speedUpClock, mapAtOnce, outcomesOf, type Tried } from '../support/fuzz/run.ts';
import { createScene } from '../support/fuzz/scenes.ts';
import { callAndJudge } from '../support/fuzz/verdict.ts';
import type { Outage } from '../support/fuzz/watched-clusters.ts';

jest.setTimeout(180_000);
let restore: () => void = () => undefined;
beforeAll(() => void (restore = speedUpClock()));
afterAll(() => restore());

/** Later requests of a call only wait for proofs, one like the other. */
const MAX_REQUESTS = 16;
const OUTAGES: readonly Omit<Outage, 'from'>[] = [
  { lasting: false, afterwards: false },
  { lasting: true, afterwards: false },
  { lasting: false, afterwards: true },
  { lasting: true, afterwards: true },
];

test.each(CATALOGUE.map((command) => [command.name, command] as const))(
  '%s, when the cluster goes away at any of its requests, says what it did',
  async (name, command) => {
    const far = await farthestCalls(command);
    const cases = far.flatMap(({ scene, input, requests }) =>
      Array.from({ length: Math.min(requests, MAX_REQUESTS) }, (_, index) => index + 1).flatMap((from) =>
        OUTAGES.map((outage) => ({ scene, input, outage: { ...outage, from } })),
      ),
    );

    const tried = await mapAtOnce(cases, async ({ scene: sceneName, input, outage }): Promise<Tried> => {
      const scene = await createScene(sceneName);
      scene.clusters.outage = outage;
      try {
        const outcome = await callAndJudge(command, input, scene);
        return { scene: sceneName, input: { input, outage }, ...outcome };
      } finally {
        scene.world.stop();
      }
    });

    expect([name, complaintsOf(tried)]).toEqual([name, []]);
    if (process.env['SLUICE_FUZZ_TELL'])
      process.stderr.write(`${name}: ${far.length} calls, ${JSON.stringify(outcomesOf(tried))}\n`);
  },
);
