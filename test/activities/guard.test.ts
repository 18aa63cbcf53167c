import { expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { Strategy } from '../support/fake-world-options.ts';
import { onStage, quietEnvironment, Stage } from '../support/builders-scene.ts';

interface Case {
  readonly what: string;
  readonly strategy?: Strategy;
  readonly act: (stage: Stage) => unknown;
  readonly alarm: object;
}

const CASES: readonly Case[] = [
  {
    what: 'a version that fails its limits',
    act: ({ world }) => world.behave('shop:v2', { errorShare: 0.5 }),
    alarm: { kind: 'failed', verdict: { outcome: 'fail' } },
  },
  {
    what: 'a foreign image',
    act: ({ world }) => world.foreignImage('shop:v3'),
    alarm: { kind: 'superseded', detail: expect.stringContaining('shop:v3') },
  },
  {
    what: 'a foreign abort',
    act: ({ world, scene }) =>
      world.ports.workload.abort(scene.target, { podHash: scene.newHash as string }, world.holder()),
    alarm: { kind: 'aborted-elsewhere' },
  },
  {
    what: 'a foreign promotion of a canary',
    act: ({ world, scene }) =>
      world.ports.workload.advance(scene.target, { podHash: scene.newHash as string, stepIndex: 1 }, world.holder()),
    alarm: { kind: 'promoted-elsewhere' },
  },
  {
    what: 'a foreign promotion of a blue-green',
    strategy: 'blue-green',
    act: ({ world, scene }) =>
      world.ports.workload.advance(scene.target, { podHash: scene.newHash as string }, world.holder()),
    alarm: { kind: 'promoted-elsewhere' },
  },
  {
    what: 'foreign weights',
    strategy: 'blue-green',
    act: ({ world }) => world.foreignWeight(90),
    alarm: { kind: 'drift', detail: expect.stringContaining('wanted 20') },
  },
  {
    what: 'a replica that serves something else',
    act: ({ world }) => world.silenceReplica('traefik-2', true),
    alarm: { kind: 'drift', detail: expect.stringContaining('traefik-2') },
  },
];

test.each(CASES)('$what raises the alarm', async ({ strategy = 'canary', act, alarm }) => {
  await onStage(new Stage({ strategy }), async (stage) => {
    await stage.atStep();
    await act(stage);
    expect(await stage.run('guard', stage.watch())).toMatchObject(alarm);
  });
});

test('drift names who wrote the weights last, and when', async () => {
  await onStage(new Stage({ strategy: 'blue-green' }), async (stage) => {
    await stage.atStep();
    stage.world.foreignWeight(90);
    const { read } = stage.world.ports.split;
    const writer = { manager: 'kubectl-edit', time: '2026-11-01T10:00:00Z' };
    stage.world.ports.split.read = async (ref) => ({ ...(await read(ref)), writer });
    expect(await stage.run('guard', stage.watch())).toMatchObject({
      kind: 'drift',
      detail: 'the TraefikService has weight 90, wanted 20, last written by kubectl-edit at 2026-11-01T10:00:00Z',
    });
  });
});

test('drift counts when it is seen twice in a row', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.atStep();
    const served = [0, stage.weight(0), 0, 0];
    let looks = 0;
    stage.world.ports.split.inForce = async () => [{ replica: 'traefik-1', candidate: served[looks++] as number }];
    expect(await stage.run('guard', stage.watch())).toMatchObject({ kind: 'drift' });
    expect(looks).toBe(4);
  });
});

test('a version that failed already is no alarm any more; others still are', async () => {
  await onStage(new Stage({ versions: { 'shop:v2': { errorShare: 0.9 } } }), async (stage) => {
    await stage.atStep();
    const guarding = stage.run('guard', { ...stage.watch(), failed: true });
    stage.world.foreignImage('shop:v3');
    expect(await guarding).toMatchObject({ kind: 'superseded' });
  });
});

test('a good version that nobody touches is watched without end, also without Prometheus', async () => {
  await onStage(new Stage(), async (stage) => {
    await stage.atStep();
    stage.world.metricsAway(true);
    const environment = quietEnvironment();
    const guarding = stage.in(environment, 'guard', stage.watch());
    setTimeout(() => environment.cancel(), 2_500);
    await expect(guarding).rejects.toThrow(CancelledFailure);
    expect(stage.world.calls.filter((call) => call === 'evidence.counters').length).toBeGreaterThan(2);
  });
});
