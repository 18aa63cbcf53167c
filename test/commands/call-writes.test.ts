import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { SluiceError } from '../../src/domain/errors.ts';
import { noteWrite, withNotedWrites } from '../../src/ports/call-writes.ts';

const away = () => new SluiceError('CLUSTER_UNREACHABLE', 'the cluster went away', { details: { cluster: 'prod' } });

async function fail(...writes: [string, boolean][]): Promise<SluiceError> {
  const work = async () => {
    for (const [what, heard] of writes) {
      await turn();
      noteWrite(what, heard);
    }
    await turn();
    throw away();
  };
  return withNotedWrites(work).then(
    () => Promise.reject(new Error('it did not fail')),
    (error: SluiceError) => error,
  );
}

test('an error before any write stays as it is', async () => {
  expect(await fail()).toEqual(away());
});

test('an error after writes says which, and which are not known', async () => {
  const error = await fail(
    ['Rollout shop/web was written', false],
    ['TraefikService shop/web was written', true],
    ['TraefikService shop/web was written', false],
  );

  expect(error.code).toBe('CLUSTER_UNREACHABLE');
  expect(error.message).toBe(
    'the cluster went away. Before this failed, TraefikService shop/web was written. Whether Rollout shop/web was written is not known.',
  );
  expect(error.next).toMatch(/^Look at what is there before you repeat the call\. ./);
  expect(error.details).toEqual({
    cluster: 'prod',
    done: ['TraefikService shop/web was written'],
    perhaps_done: ['Rollout shop/web was written'],
  });
});

test('calls at the same time do not answer for each other', async () => {
  const [one, other] = await Promise.all([
    fail(['A was written', true]),
    fail(['B was deleted', true], ['C was written', true]),
  ]);

  expect(one?.details['done']).toEqual(['A was written']);
  expect(other?.details['done']).toEqual(['B was deleted', 'C was written']);
});

test('outside of a call nothing is kept', async () => {
  noteWrite('A was written', true);

  expect((await fail()).details['done']).toBeUndefined();
});

test('what is not of the catalogue passes as it is', async () => {
  const odd = new TypeError('odd');

  await expect(withNotedWrites(() => Promise.reject(odd))).rejects.toBe(odd);
});
