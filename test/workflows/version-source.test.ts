import { afterAll, describe, expect, jest, test } from '@jest/globals';
import type { ReleaseSpec } from '../../src/domain/release/plan.ts';
import type { WorkloadPort } from '../../src/ports/workload.ts';
import { FakeChart } from '../support/fake-chart.ts';
import { FakeGitOps, fileOf } from '../support/fake-gitops.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

interface Source {
  base: WorkloadPort | undefined;
  onImage: (image: string) => void;
  readonly workload: WorkloadPort;
  spec(tag: string): ReleaseSpec;
}

/** Releases shop:v2 from a source, in a world whose workload takes its images from the source. */
function released<S extends Source>(
  source: (release: ReleaseUnderTest) => S,
  world: object,
  body: (release: ReleaseUnderTest, source: S) => Promise<void>,
): () => Promise<void> {
  let made: S;
  const prepare = (release: ReleaseUnderTest) => {
    made = source(release);
    const { worlds, ports } = release.world;
    made.base = ports.workload;
    made.onImage = (image) => release.world.foreignImage(image);
    const { helm, flux, targetKind } = made.spec('v2');
    Object.assign(release.input.spec, { image: 'shop:v2', targetKind, ...(helm && { helm }), ...(flux && { flux }) });
    const of: typeof worlds.of = async (...asked) => ({ ...(await worlds.of(...asked)), workload: made.workload });
    Object.assign(release.world, { worlds: { of } });
  };
  return () => withRelease(temporal, { world, prepare }, (release) => body(release, made));
}

const chart = ({ world }: ReleaseUnderTest) => new FakeChart(world.target);
const gitOps = ({ world }: ReleaseUnderTest) => new FakeGitOps(world.target);
const BAD = { versions: { 'shop:v2': { errorShare: 0.6 } } };
const marks = (ops: FakeGitOps) =>
  (ops.branches.get('main') ?? []).flatMap(({ mark }) => mark?.split(' ').at(-1) ?? []);

describe('a chart of Helm', () => {
  test.concurrent(
    'is upgraded once, and its revision is shown',
    released(chart, {}, async (release, helm) => {
      expect(await release.ended()).toMatchObject({ state: 'succeeded' });

      expect((await release.view()).source).toContain('Helm release shop/web is at revision 2');
      expect(helm.acts).toEqual(['upgrade']);
      expect(release.world.snapshot()).toMatchObject({ image: 'shop:v2', phase: 'Healthy' });
    }),
  );

  test.concurrent(
    'is rolled back by Helm after the traffic, when the version fails',
    released(chart, BAD, async (release, helm) => {
      expect(await release.ended()).toMatchObject({ state: 'rolled-back' });

      const { events, source } = await release.view();
      const texts = events.map(({ text }) => text);
      expect(source).toContain('Helm release shop/web is at revision 3');
      expect(texts.findIndex((text) => text.startsWith('traffic is back'))).toBeLessThan(texts.indexOf(source ?? ''));
      expect(helm.acts).toEqual(['upgrade', 'rollback 1']);
      expect(release.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0, phase: 'Healthy' });
      expect(release.world.violations).toEqual([]);
    }),
  );
});

describe('a repository of Flux', () => {
  test.concurrent(
    'gets one commit, which is shown',
    released(gitOps, {}, async (release, ops) => {
      expect(await release.ended()).toMatchObject({ state: 'succeeded' });

      expect((await release.view()).source).toContain('of main is applied by Kustomization shop/apps');
      expect(marks(ops)).toEqual(['release']);
    }),
  );

  test.concurrent(
    'gets a second commit after the traffic, when the version fails',
    released(gitOps, BAD, async (release, ops) => {
      expect(await release.ended()).toMatchObject({ state: 'rolled-back' });

      expect(marks(ops)).toEqual(['release', 'revert']);
      expect(ops.textOn('main')).toBe(fileOf('v1'));
      expect(release.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0, phase: 'Healthy' });
      expect(release.world.violations).toEqual([]);
    }),
  );

  test.concurrent(
    'is taken back when the release is aborted while Flux does not answer',
    released(gitOps, {}, async (release, ops) => {
      ops.handles = false;
      await release.until('starting');
      await release.world.until(() => marks(ops).length > 0, 30_000);

      // The way back needs Flux too.
      const aborted = release.update('abort', { why: 'not today' });
      await release.until('aborting');
      ops.handles = true;

      expect(await release.ended()).toMatchObject({ state: 'rolled-back' });
      expect((await aborted).outcome).toBe('applied');
      expect(marks(ops)).toEqual(['release', 'revert']);
      expect(release.world.snapshot()).toMatchObject({ image: 'shop:v1', phase: 'Healthy' });
    }),
  );

  test.concurrent(
    'that somebody changes meanwhile ends the release, and keeps that change',
    released(gitOps, { versions: { 'shop:v2': { readyAfterMs: Infinity } } }, async (release, ops) => {
      await release.world.until(({ image }) => image === 'shop:v2', 30_000);
      ops.push('main', fileOf('v9'));
      await release.update('abort', { why: 'not today' });

      expect(await release.ended()).toMatchObject({
        state: 'superseded',
        reason: expect.stringContaining('somebody else changed images[0].newTag of web.yaml on main to v9'),
      });
    }),
  );
});
