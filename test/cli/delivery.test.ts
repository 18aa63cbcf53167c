import { expect, test } from '@jest/globals';
import type { Io } from '../../src/cli/deps.ts';
import { deliveryLines } from '../../src/cli/delivery-lines.ts';
import { DELIVERY_STEPS } from '../../src/domain/delivery/delivery.ts';
import { toShown } from '../../src/toolsets/delivery/shown-delivery.ts';
import { renderDelivery } from '../../src/report/delivery-page.ts';
import { sluice } from '../support/cli.ts';
import { aDelivery, DELIVERY_INPUT } from '../support/fake-deliveries.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';

const WORDS = ['https://git.example.com/team/web.git', 'web', 'v1.0.0', '--namespace', 'shop'];

function world(view = aDelivery()) {
  const gateway = createFakeGateway();
  gateway.deliveries.views.set('web', view);
  return { gateway, services: fakeServices(gateway) };
}

const DELIVERED = aDelivery({
  state: 'delivered',
  reason: 'web v1.0.0 is delivered',
  closedAt: 1,
  steps: DELIVERY_STEPS.map((step) => ({
    ...{ step, state: 'done' as const, attempts: 1, startedAt: 0, endedAt: 1_500, reason: `${step} is done` },
    ...{ figures: {}, findings: [] },
  })),
});

test('onboard shows the plan, starts the delivery with its digest, and follows it to the end', async () => {
  const { gateway, services } = world(DELIVERED);

  const { code, out } = await sluice({ gateway, services }, 'onboard', ...WORDS, '--yes', '--cluster', 'prod');

  expect(code).toBe(0);
  expect(gateway.deliveries.started).toMatchObject([
    { name: 'web', branch: 'web-v1.0.0', sourceCommit: 'c'.repeat(40), cluster: 'prod', namespace: 'shop' },
  ]);
  expect(out).toContain('create  deployment.yaml');
  expect(out).toContain('build: done (1.5 s): build is done');
  expect(out).toContain('web v1.0.0: delivered.');
});

test('a failed step ends the following with the exit code of its error, and says what to do', async () => {
  const { code, out } = await sluice(world(), 'delivery', 'watch', 'web');

  expect(code).toBe(7);
  expect(out).toContain('build: failed (1.5 s): BUILD_FAILED: exit code 3');
  expect(out).toContain('call `sluice delivery retry web`, or `sluice delivery cancel web`.');
});

test('while nothing changes, a line at least every 15 s says that the step still runs', () => {
  let now = 0;
  const out: string[] = [];
  const lines = (format: 'text' | 'json') =>
    deliveryLines({ out: (text: string) => out.push(text) } as unknown as Io, format, () => now);
  const running = toShown(
    aDelivery({ state: 'running', steps: DELIVERED.steps.map((one) => ({ ...one, state: 'running', attempts: 2 })) }),
  );
  for (const format of ['text', 'json'] as const) {
    const show = lines(format);
    show(running);
    out.splice(0);
    now += 14_000;
    show(running);
    expect(out).toEqual([]);
    now += 1_000;
    show(running);
  }

  expect([JSON.parse(out[0] ?? '') as unknown, out.length]).toEqual([
    expect.objectContaining({ changed: false, name: 'web' }),
    1,
  ]);
});

test('following ends with the time or by a signal, and says that the delivery goes on', async () => {
  const goesOn = aDelivery({ state: 'running' });
  const late = await sluice(world(goesOn), 'delivery', 'watch', 'web', '--timeout', '1s');

  expect(late).toMatchObject({
    code: 14,
    err: '1 s are over. The delivery goes on: `sluice delivery watch web` follows it.',
  });
});

test('--plan starts nothing, and without a person to ask nothing is delivered', async () => {
  const { gateway, services } = world(DELIVERED);

  const plan = await sluice({ gateway, services }, 'onboard', ...WORDS, '--plan');
  const asked = await sluice({ gateway, services }, 'onboard', ...WORDS);

  expect([plan.code, asked.code, gateway.deliveries.started]).toEqual([0, 4, []]);
  expect(asked.err).toContain('CONFIRMATION_REQUIRED');
});

test('retry and cancel are sent with who has asked', async () => {
  const one = world();
  await sluice(one, 'delivery', 'retry', 'web');
  await sluice(one, 'delivery', 'cancel', 'web');

  expect(one.gateway.deliveries.sent.map(({ command, who }) => [command, who.startsWith('cli:')])).toEqual([
    ['retry', true],
    ['cancel', true],
  ]);
});

test('the report is one page with every step, and every text of it is escaped', async () => {
  const evil = '<script>alert(1)</script>';
  const page = renderDelivery({
    ...aDelivery({ reason: evil }),
    input: { ...DELIVERY_INPUT, gitUrl: `javascript:${evil}` },
    steps: DELIVERED.steps.map((one) => ({
      ...one,
      figures: { [evil]: evil },
      findings: [{ check: 'secrets', outcome: 'waived' as const, text: evil }],
    })),
  });
  const { out } = await sluice(world(DELIVERED), 'delivery', 'report', 'web', '-');

  expect(page).not.toContain('<script');
  expect(page).not.toContain('href="javascript');
  for (const step of DELIVERY_STEPS) expect(out).toContain(`<th scope="row">${step}</th><td>done</td><td>1.5 s</td>`);
});

test('a cancelled delivery ends the following with the same exit code, whatever error a step had', async () => {
  const failure = { code: 'GIT_URL_REFUSED', reason: 'refused' };
  const steps = aDelivery().steps.map((step) => (step.failure ? { ...step, failure } : step));
  const codeOf = async (state: 'cancelled' | 'waiting-for-retry') =>
    (await sluice(world(aDelivery({ state, steps })), 'delivery', 'watch', 'web')).code;

  expect([await codeOf('waiting-for-retry'), await codeOf('cancelled')]).toEqual([2, 7]);
});

test('a wrong field of onboard is named by its flag', async () => {
  const { code, err } = await sluice(world(), 'onboard', ...WORDS, '--port', '70000', '--plan');

  expect([code, err]).toEqual([2, expect.stringContaining('INVALID_INPUT: --port: ')]);
});
