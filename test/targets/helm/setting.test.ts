import { beforeEach, describe, expect, test } from '@jest/globals';
import type { HelmPlan } from '../../../src/domain/release/version-source.ts';
import { codeOf, failureOf } from '../../support/argo-objects-stage.ts';
import { FakeChart, manifestOf } from '../../support/fake-chart.ts';

const MAP = '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n';
const OWNER = { releaseId: 'release/test/shop/web', runId: 'r' };
let chart: FakeChart;
let helm: HelmPlan;

beforeEach(async () => {
  chart = new FakeChart();
  helm = (await chart.workload.source?.(chart.spec('v2')))?.plan?.helm as HelmPlan;
});

const set = (from: string, to: string) =>
  chart.workload.setImage(chart.target, { container: 'app', from: `shop:${from}`, to: `shop:${to}`, helm }, OWNER);
const statuses = () => chart.revisions.map(({ status }) => status);

describe('to the new version', () => {
  test('Helm upgrades once, however often it is asked', async () => {
    expect(await set('v1', 'v2')).toMatchObject({ changed: true, source: expect.stringContaining('revision 2') });
    expect(await set('v1', 'v2')).toMatchObject({ changed: false, source: expect.stringContaining('revision 2') });

    expect(chart.acts).toEqual(['upgrade']);
    expect(chart.image).toBe('shop:v2');
  });

  test('an operation that runs is waited for', async () => {
    chart.store(manifestOf('v2'), 'pending-upgrade', '');

    expect(await codeOf(set('v1', 'v2'))).toBe('CONFLICT');
    expect(statuses()).toEqual(['deployed', 'pending-upgrade']);
  });

  test('an operation that nobody runs any more is marked as failed, and the upgrade is repeated', async () => {
    chart.store(manifestOf('v2'), 'pending-upgrade', '', new Date(Date.now() - 3_600_000).toISOString());

    expect(await codeOf(set('v1', 'v2'))).toBe('CONFLICT');
    expect(await set('v1', 'v2')).toMatchObject({ changed: true, source: expect.stringContaining('revision 3') });
    expect(statuses()).toEqual(['superseded', 'failed', 'deployed']);
  });

  test('an upgrade by somebody else is left as it is', async () => {
    chart.apply(chart.store(manifestOf('v9'), 'deployed', ''));

    expect(await set('v1', 'v2')).toMatchObject({ refused: true, detail: expect.stringContaining('revision 2') });
    expect(chart.acts).toEqual([]);
  });

  test('a chart that renders something else than planned is refused', async () => {
    chart.render = () => manifestOf('v2', '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n');

    expect(await codeOf(set('v1', 'v2'))).toBe('PLAN_CHANGED');
    expect(chart.acts).toEqual([]);
  });

  test('a file of values that has changed since the plan is refused, and Helm upgrades with the planned ones', async () => {
    const withFile = { ...helm, valuesFiles: ['./prod.yaml'], values: {} };
    const setBy = () =>
      chart.workload.setImage(
        chart.target,
        { container: 'app', from: 'shop:v1', to: 'shop:v2', helm: withFile },
        OWNER,
      );
    chart.files = { './prod.yaml': { tag: 'v3' } };
    expect(await codeOf(setBy())).toBe('PLAN_CHANGED');
    expect(chart.acts).toEqual([]);

    chart.files = { './prod.yaml': { tag: 'v2' } };
    expect(await setBy()).toMatchObject({ changed: true });
    expect(chart.acts).toEqual(['upgrade']);
  });

  test.each([
    ['patch rollouts', 'may not patch rollouts.argoproj.io in shop'],
    ['update secrets', 'may not update secrets in shop'],
    ['create configmaps', 'may not create configmaps in shop'],
  ])('without the right to %s Helm is not started', async (right, message) => {
    chart.render = ({ tag }) => manifestOf(String(tag), MAP);
    helm = (await chart.workload.source?.(chart.spec('v2')))?.plan?.helm as HelmPlan;
    chart.forbidden = [right];
    expect(await failureOf(set('v1', 'v2'))).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining(message),
    });
    expect(chart.acts).toEqual([]);
  });

  test('a Rollout that has another image after the upgrade is not proved', async () => {
    await set('v1', 'v2');
    chart.image = 'shop:other';

    expect(await codeOf(set('v1', 'v2'))).toBe('CONFLICT');
  });
});

describe('back to the version before', () => {
  test('Helm rolls back once, however often it is asked', async () => {
    await set('v1', 'v2');

    expect(await set('v2', 'v1')).toMatchObject({ changed: true, source: expect.stringContaining('revision 3') });
    expect(await set('v2', 'v1')).toMatchObject({ changed: false });
    expect(chart.acts).toEqual(['upgrade', 'rollback 1']);
    expect(statuses()).toEqual(['superseded', 'superseded', 'deployed']);
  });

  test('a failed upgrade is rolled back too, and so is a failed rollback', async () => {
    chart.failing = true;
    await set('v1', 'v2');
    await set('v2', 'v1');
    expect(statuses()).toEqual(['superseded', 'failed', 'failed']);

    chart.failing = false;
    await set('v2', 'v1');

    expect(chart.acts).toEqual(['upgrade', 'rollback 1', 'rollback 1']);
    expect(statuses().at(-1)).toBe('deployed');
    expect(chart.image).toBe('shop:v1');
  });

  test('without an upgrade Helm is not asked', async () => {
    await set('v2', 'v1');

    expect(chart.acts).toEqual(['set shop:v1']);
  });

  test('an upgrade by somebody else after ours is left as it is', async () => {
    await set('v1', 'v2');
    chart.apply(chart.store(manifestOf('v9'), 'deployed', ''));

    expect(await set('v2', 'v1')).toMatchObject({ refused: true });
    expect(chart.image).toBe('shop:v9');
  });
});
