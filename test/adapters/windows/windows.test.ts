import { expect, test } from '@jest/globals';
import { createWindows } from '../../../src/adapters/windows/index.ts';
import { aWindow } from '../../support/windows.ts';

const TARGET = { cluster: 'prod', namespace: 'shop', rollout: 'web' };
const at = (time: string) => Date.parse(time);
const DAYS = aWindow({ rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH', timeZone: 'Europe/Berlin' });
const FREEZE = aWindow({
  name: 'freeze',
  kind: 'deny',
  start: '2026-12-01T12:00',
  end: '2026-12-03T10:00',
  timeZone: 'Europe/Berlin',
  onClose: 'hold',
  reason: 'sale',
});

test('an allowed period says until when it lasts, and outside of it when the next one begins', async () => {
  const windows = createWindows([DAYS]);
  expect(await windows.stateOf(TARGET, at('2026-11-30T08:00:00Z'))).toEqual({
    open: true,
    reason: 'open until 2026-11-30T16:00:00Z, by days',
    by: ['days'],
    changesAt: at('2026-11-30T16:00:00Z'),
  });
  expect(await windows.stateOf(TARGET, at('2026-12-03T16:00:00Z'))).toEqual({
    open: false,
    reason: 'closed until 2026-12-07T08:00:00Z: days is not active',
    by: ['days'],
    changesAt: at('2026-12-07T08:00:00Z'),
    onClose: 'finish_step',
  });
});

test('a denied period wins over an allowed one, and the end takes both into account', async () => {
  const windows = createWindows([DAYS, FREEZE]);
  expect(await windows.stateOf(TARGET, at('2026-12-02T10:00:00Z'))).toEqual({
    open: false,
    reason: 'closed until 2026-12-03T09:00:00Z by freeze (sale)',
    by: ['freeze'],
    changesAt: at('2026-12-03T09:00:00Z'),
    onClose: 'hold',
  });
  expect((await windows.stateOf(TARGET, at('2026-12-01T09:00:00Z'))).changesAt).toBe(at('2026-12-01T11:00:00Z'));
});

test('a freeze alone leaves every other time open', async () => {
  const state = await createWindows([FREEZE]).stateOf(TARGET, at('2026-11-30T10:00:00Z'));
  expect(state).toMatchObject({ open: true, reason: 'open until 2026-12-01T11:00:00Z: freeze is not active' });
  expect(await createWindows([FREEZE]).stateOf(TARGET, at('2026-12-03T09:00:00Z'))).toEqual({
    open: true,
    reason: 'open: freeze is not active',
    by: ['freeze'],
  });
});

test('the strictest rule of the denying windows holds', async () => {
  const strict = { ...FREEZE, name: 'strict', onClose: 'go_back' as const };
  const state = await createWindows([FREEZE, strict]).stateOf(TARGET, at('2026-12-02T10:00:00Z'));
  expect(state).toMatchObject({ by: ['freeze', 'strict'], onClose: 'go_back' });
});

test.each([
  [{ clusters: ['prod'] }, true],
  [{ clusters: ['test'] }, false],
  [{ clusters: ['production'] }, true],
  [{ namespaces: ['shop'] }, true],
  [{ namespaces: ['other'] }, false],
  [{ targets: ['shop/web'] }, true],
  [{ targets: ['shop/api'] }, false],
  [{ namespaces: ['shop'], targets: ['other/web'] }, false],
])('a window with %j concerns shop/web on prod: %s; another name of the cluster counts', async (scope, concerned) => {
  const same = async (name: string) => [name, 'production'];
  const windows = createWindows([{ ...FREEZE, ...scope }], same);
  const { open } = await windows.stateOf(TARGET, at('2026-12-02T10:00:00Z'));
  expect(open).toBe(!concerned);
  expect(await windows.listOf(TARGET, at('2026-12-02T10:00:00Z'))).toHaveLength(concerned ? 1 : 0);
});

test('other names of a cluster are asked for only if a window names another cluster', async () => {
  const asked: string[] = [];
  const same = async (name: string) => (asked.push(name), [name]);
  await createWindows([FREEZE, { ...FREEZE, clusters: ['prod'] }], same).stateOf(TARGET, 0);
  expect(asked).toEqual([]);
});

test('the list has the active occurrence, the next one, or none', async () => {
  const list = await createWindows([DAYS, FREEZE]).listOf(TARGET, at('2026-12-02T10:00:00Z'));
  expect(list).toMatchObject([
    { active: true, from: at('2026-12-02T08:00:00Z'), to: at('2026-12-02T16:00:00Z') },
    { active: true, from: at('2026-12-01T11:00:00Z'), to: at('2026-12-03T09:00:00Z') },
  ]);
  const later = await createWindows([DAYS, FREEZE]).listOf(TARGET, at('2026-12-03T17:00:00Z'));
  expect(later).toEqual([
    { window: DAYS, active: false, from: at('2026-12-07T08:00:00Z'), to: at('2026-12-07T16:00:00Z') },
    { window: FREEZE, active: false },
  ]);
});

test('a yearly window of years ago is found; a period over midnight belongs to both days', async () => {
  const yearly = aWindow({ kind: 'deny', start: '2001-12-31T22:00', end: '2002-01-01T06:00', rrule: 'FREQ=YEARLY' });
  const windows = createWindows([yearly]);
  expect((await windows.stateOf(TARGET, at('2026-03-01T00:00:00Z'))).changesAt).toBe(at('2026-12-31T22:00:00Z'));
  expect((await windows.stateOf(TARGET, at('2027-01-01T05:59:59Z'))).open).toBe(false);
  expect((await windows.stateOf(TARGET, at('2027-01-01T06:00:00Z'))).open).toBe(true);
});
