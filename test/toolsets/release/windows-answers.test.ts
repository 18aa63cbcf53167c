import { beforeEach, expect, test } from '@jest/globals';
import type { CommandContext } from '../../../src/commands/command.ts';
import { CATALOGUE } from '../../../src/toolsets/index.ts';
import { aView, AT, createFakeGateway, fakeServices, type FakeGateway } from '../../support/fake-gateway.ts';
import { createFakeWindows, type FakeWindows } from '../../support/fake-windows.ts';

const ID = 'release/prod/shop/web';
const RELEASE = {
  target: { namespace: 'shop', rollout: 'web' },
  image: 'shop:v2',
  strategy: 'canary',
};
let gateway: FakeGateway;
let windows: FakeWindows;
let context: CommandContext;
beforeEach(() => {
  windows = createFakeWindows();
  gateway = createFakeGateway([aView({ state: 'waiting-for-approval' })]);
  context = {
    ...{ ...fakeServices(gateway), windows },
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
});

/** The answer of a tool as JSON and as text. */
async function answer(name: string, raw: Record<string, unknown>): Promise<string> {
  const command = CATALOGUE.find((one) => one.name === name)!;
  const output = await command.run(context, command.check(raw, context.settings));
  return `${JSON.stringify(output)}\n${command.text(output)}`;
}

const CALLS: readonly [string, Record<string, unknown>][] = [
  ['release_plan', RELEASE],
  ['release_start', { ...RELEASE, target: { namespace: 'shop', rollout: 'other' } }],
  ['release_get', { release_id: ID }],
  ['release_list', {}],
  ['release_wait', { release_id: ID, timeout_seconds: 0 }],
];

test.each(CALLS)('%s says whether the windows are open, why, and until when', async (name, raw) => {
  windows.close('hold', 'freeze');
  const reason = 'closed until 2026-01-01T00:00:00Z by freeze';
  const state = await windows.stateOf(aView().spec.target, AT);
  Object.assign(windows, { stateOf: async () => ({ ...state, reason }) });
  const [json, ...text] = (await answer(name, raw)).split('\n');
  expect(json).toContain(reason);
  expect(text.join('\n')).toContain(reason);

  const open = { open: true, reason: 'open until 2026-01-02T00:00:00Z, by days', by: ['days'] };
  Object.assign(windows, { stateOf: async () => open });
  gateway.views.delete('release/prod/shop/other');
  expect(await answer(name, raw)).toContain('open until 2026-01-02T00:00:00Z, by days');
});

test('without a window, and after the end, nothing is said about windows that do not matter', async () => {
  for (const [name, raw] of CALLS) expect(await answer(name, raw)).not.toMatch(/windows/i);
  windows.close('hold', 'freeze');
  gateway.views.set(ID, aView({ state: 'succeeded', closedAt: AT }));
  expect(await answer('release_get', { release_id: ID })).not.toContain('closed by freeze');
});
