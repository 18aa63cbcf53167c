import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createPlans } from '../../../src/adapters/plans/index.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-plans-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const aPlan = (id: string, madeAt = Date.now()) => ({
  id: `plan-${id}`,
  madeAt,
  file: { image: 'shop:v2' },
  cluster: 'prod',
  facts: { image: 'shop:v2' },
});

test('another process with the same home finds a plan; nobody else may read it', async () => {
  const plan = aPlan('0123456789abcdef');
  await createPlans({ home }).save(plan);

  expect(await createPlans({ home }).find(plan.id)).toEqual(plan);
  expect((await stat(join(home, 'plans', `${plan.id}.json`))).mode & 0o077).toBe(0);
});

test('what is not there, what is no id and what is half a file is not found', async () => {
  const plans = createPlans({ home });
  await plans.save(aPlan('aaaaaaaa'));
  await writeFile(join(home, 'plans', 'plan-bbbbbbbb.json'), '{"id": "plan-bb');
  await writeFile(join(home, 'secret.json'), '{}');

  for (const id of ['plan-cccccccc', 'plan-bbbbbbbb', '../secret', 'plan-aaaaaaaa.json'])
    expect(await plans.find(id)).toBeUndefined();
});

test('a plan is forgotten after a day, and its file is removed', async () => {
  const old = aPlan('aaaaaaaa', Date.now() - 25 * 3_600_000);
  const plans = createPlans({ home });
  await plans.save(old);
  const file = join(home, 'plans', 'plan-aaaaaaaa.json');
  await utimes(file, old.madeAt / 1000, old.madeAt / 1000);

  expect(await plans.find(old.id)).toBeUndefined();
  await plans.save(aPlan('bbbbbbbb'));
  expect(await readdir(join(home, 'plans'))).toEqual(['plan-bbbbbbbb.json']);
});

test('without a home that can be written, the process that made a plan finds it', async () => {
  await writeFile(join(home, 'occupied'), '');
  const plans = createPlans({ home: join(home, 'occupied') });
  await plans.save(aPlan('aaaaaaaa'));

  expect(await plans.find('plan-aaaaaaaa')).toMatchObject({ cluster: 'prod' });
});
