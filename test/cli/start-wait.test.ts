import { beforeEach, expect, test } from '@jest/globals';
import { SluiceError } from '../../src/domain/errors.ts';
import { RELEASE_EXITS } from '../../src/domain/release/exit-code.ts';
import { sluice } from '../support/cli.ts';
import { AT, aView, createFakeGateway, type FakeGateway } from '../support/fake-gateway.ts';

const ID = 'release/prod/shop/web';
let gateway: FakeGateway;
beforeEach(() => {
  gateway = createFakeGateway();
});

test('start --wait follows what it started and ends with its outcome', async () => {
  setTimeout(() => gateway.views.set(ID, aView({ state: 'refused', reason: 'no', closedAt: AT + 9 })), 500);
  const { code, out } = await sluice({ gateway }, 'release', 'start', 'shop/web', '--image', 'shop:v1', '--wait');

  expect(code).toBe(RELEASE_EXITS.refused.exit);
  expect(out).toContain('refused: no');
});

test('start --wait goes on when Temporal is away just after the start', async () => {
  const { start } = gateway;
  gateway.start = async (...of: Parameters<typeof start>) => {
    const started = await start(...of);
    gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away');
    setTimeout(() => {
      gateway.failure = undefined;
      gateway.views.set(ID, aView({ state: 'refused', reason: 'no', closedAt: AT + 9 }));
    }, 300);
    return started;
  };
  const { code, err } = await sluice({ gateway }, 'release', 'start', 'shop/web', '--image', 'shop:v9', '--wait');

  expect(err).toContain('This command goes on and asks again every second.');
  expect(code).toBe(RELEASE_EXITS.refused.exit);
});

test('start --wait says nothing of what it does itself, and its JSON is lines', async () => {
  const argv = ['release', 'start', 'shop/web', '--image', 'shop:v9', '--wait'];
  const end = () => gateway.views.set(ID, aView({ state: 'refused', reason: 'no', closedAt: AT + 9 }));
  gateway.views.clear();
  setTimeout(end, 300);
  const text = await sluice({ gateway }, ...argv);
  gateway.views.clear();
  setTimeout(end, 300);
  const json = await sluice({ gateway }, ...argv, '-o', 'json');

  expect(text.out).not.toMatch(/Call|sluice release watch/);
  expect(json.out.split('\n').map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual(
    expect.arrayContaining(['release_id', 'changed']),
  );
});
