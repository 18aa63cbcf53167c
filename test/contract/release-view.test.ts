import { expect, test } from '@jest/globals';
import { toReleaseOutput } from '../../src/contract/release-view.ts';
import type { WeightProof } from '../../src/domain/release/proof.ts';
import { aView } from '../support/fake-gateway.ts';

test('a view of another version stays readable', () => {
  const odd = aView({ proof: { wanted: 10 } as unknown as WeightProof, startedAt: Number.NaN });

  expect(toReleaseOutput(odd, 5)).toMatchObject({
    started_at: 'unknown',
    weights: { wanted: 10, reason: 'unknown', replicas: [] },
  });
});

test('text from clusters comes without control characters, secrets and end', () => {
  const view = aView({ reason: `\u001b[31mpassword=hunter22\u0007 ${'x'.repeat(2000)}` });

  const { reason } = toReleaseOutput(view, 5);

  expect(reason).toMatch(/^\[31mpassword=\*\*\* x+…$/);
  expect(reason.length).toBeLessThan(510);
});

test('only the last events are told, and none is the last of none', () => {
  const events = [1, 2, 3].map((at) => ({ at, state: 'soaking' as const, text: `e${at}` }));

  expect(toReleaseOutput(aView({ events }), 2).events.map(({ text }) => text)).toEqual(['e2', 'e3']);
});

test('a command and the state that it leads to are one event', () => {
  const told = { at: 1, text: 'aborted by cli:ada', who: 'cli:ada' };
  const events = [
    { ...told, state: 'soaking' as const },
    { ...told, state: 'aborting' as const },
  ];

  expect(toReleaseOutput(aView({ events }), 5).events).toHaveLength(1);
});
