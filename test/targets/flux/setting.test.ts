import { beforeEach, describe, expect, test } from '@jest/globals';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { FluxPlan } from '../../../src/domain/release/version-source.ts';
import { codeOf } from '../../support/argo-objects-stage.ts';
import { FakeGitOps, fileOf } from '../../support/fake-gitops.ts';

const OWNER = { releaseId: 'release/test/shop/web', runId: 'r' };
let ops: FakeGitOps;

beforeEach(() => {
  ops = new FakeGitOps();
});

async function set(from: string, to: string, pushTo?: string) {
  const planned = new FakeGitOps();
  const spec = planned.spec('v2', pushTo === undefined ? {} : { pushTo });
  const flux = (await planned.workload.source?.(spec))?.plan?.flux as FluxPlan;
  const change = { container: 'app', from: `shop:${from}`, to: `shop:${to}`, flux, wait: ops.wait };
  return ops.workload.setImage(ops.target, change, OWNER);
}

const marks = (branch = 'main') => (ops.branches.get(branch) ?? []).flatMap(({ mark }) => mark ?? []);
const RELEASE = 'release/test/shop/web r release';
const REVERT = 'release/test/shop/web r revert';

describe('to the new version', () => {
  test('one commit is made, however often it is asked, and Flux has applied it', async () => {
    expect(await set('v1', 'v2')).toMatchObject({
      changed: true,
      source: 'commit 000000000000 of main is applied by Kustomization shop/apps',
    });
    expect(await set('v1', 'v2')).toMatchObject({ changed: false });

    expect(marks()).toEqual([RELEASE]);
    expect(ops.textOn('main')).toBe(fileOf('v2'));
    expect(ops.image).toBe('shop:v2');
  });

  test('a worker that died after the commit makes no other', async () => {
    ops.push('main', fileOf('v2'), RELEASE);

    expect(await set('v1', 'v2')).toMatchObject({ changed: false });
    expect(marks()).toEqual([RELEASE]);
  });

  test('a failed check of health is no failed application', async () => {
    ops.ready = { status: 'False', reason: 'HealthCheckFailed' };

    expect(await set('v1', 'v2')).toMatchObject({ source: expect.stringContaining('is being applied by') });
  });

  test('what Flux cannot apply is said, and tried again', async () => {
    ops.ready = { status: 'False', reason: 'BuildFailed' };

    expect(await codeOf(set('v1', 'v2'))).toBe('CONFLICT');
    expect(marks()).toEqual([RELEASE]);
  });

  test('a commit that somebody took back is not made again', async () => {
    ops.push('main', fileOf('v2'), RELEASE);
    ops.push('main', fileOf('v1'));

    expect(await set('v1', 'v2')).toMatchObject({ refused: true, detail: expect.stringContaining('was taken back') });
  });

  test('another value of the field is left as it is', async () => {
    ops.push('main', fileOf('v9'));

    expect(await set('v1', 'v2')).toMatchObject({ refused: true, detail: expect.stringContaining('to v9') });
    expect(marks()).toEqual([]);
  });

  test('a branch that has moved is read again', async () => {
    ops.pushFails = new SluiceError('REPOSITORY_CHANGED', 'moved');

    expect(await codeOf(set('v1', 'v2'))).toBe('CONFLICT');
  });

  test('a suspended Kustomization is not overruled', async () => {
    ops.kustomization['spec'] = { suspend: true };

    expect(await codeOf(set('v1', 'v2'))).toBe('CONFLICT');
  });
});

describe('back to the version before', () => {
  test('one more commit takes the first one back', async () => {
    await set('v1', 'v2');

    expect(await set('v2', 'v1')).toMatchObject({ changed: true, source: expect.stringContaining('is applied by') });
    expect(await set('v2', 'v1')).toMatchObject({ changed: false });
    expect(marks()).toEqual([RELEASE, REVERT]);
    expect(ops.textOn('main')).toBe(fileOf('v1'));
    expect(ops.image).toBe('shop:v1');
  });

  test('without a commit there is nothing to take back', async () => {
    expect(await set('v2', 'v1')).toMatchObject({ changed: false });
    expect(marks()).toEqual([]);
  });

  test('a later change of the field is left as it is', async () => {
    await set('v1', 'v2');
    ops.push('main', fileOf('v9'));

    expect(await set('v2', 'v1')).toMatchObject({ refused: true });
  });
});

describe('by a branch that somebody merges', () => {
  const merge = (branch: string) => () => {
    const end = ops.branches.get(branch)?.at(-1);
    if (end && ops.textOn('main') !== end.text) ops.push('main', end.text, end.mark);
  };

  test('the commit waits for its merge', async () => {
    await expect(set('v1', 'v2', 'next')).rejects.toThrow('it was waited for too long');
    expect(ops.textOn('main')).toBe(fileOf('v1'));

    ops.onWait = merge('next');
    expect(await set('v1', 'v2', 'next')).toMatchObject({ changed: true });
    expect(marks('next')).toEqual([RELEASE]);
    expect(ops.image).toBe('shop:v2');
  });

  test('the way back is a branch of its own', async () => {
    ops.onWait = merge('next');
    await set('v1', 'v2', 'next');
    ops.onWait = merge('next-revert');

    await set('v2', 'v1', 'next');

    expect(ops.textOn('main')).toBe(fileOf('v1'));
    expect(marks('next-revert')).toEqual([RELEASE, REVERT]);
  });

  test('a branch that nobody has merged is removed', async () => {
    await expect(set('v1', 'v2', 'next')).rejects.toThrow();

    await set('v2', 'v1', 'next');

    expect(ops.branches.has('next')).toBe(false);
  });
});
