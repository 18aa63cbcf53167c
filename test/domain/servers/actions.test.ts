import { describe, expect, test } from '@jest/globals';
import { promote, register, remove, reportHealth, rollback, setTraffic } from '../../../src/domain/servers/actions.ts';
import { eventsSince, LOG_NAMES } from '../../../src/domain/servers/events.ts';
import { emptyServer, type RegisteredServer } from '../../../src/domain/servers/server.ts';
import { BY, shown, UPSTREAM, withBlue } from './builders.ts';

const withGreen = (traffic = 0): RegisteredServer =>
  register(withBlue(), { version: '2.0.0', upstream: UPSTREAM, traffic }, BY);

describe('register', () => {
  test('a first version is green without traffic unless it is to be blue', () => {
    const first = register(emptyServer('demo', 'project'), { version: '1.0.0', upstream: UPSTREAM, traffic: 0 }, BY);
    expect(shown(first)).toEqual(['1.0.0 green 0']);
    expect(shown(withBlue())).toEqual(['1.0.0 blue 100']);
  });

  test('a version as blue takes the place of the former one', () => {
    const swapped = register(withGreen(30), { version: '3.0.0', upstream: UPSTREAM, blue: true }, BY);
    expect(shown(swapped)).toEqual(['1.0.0 inactive 0', '2.0.0 green 30', '3.0.0 blue 70']);
  });

  test('a version cannot be registered twice', () => {
    expect(() => register(withBlue(), { version: '1.0.0', upstream: UPSTREAM }, BY)).toThrow('already has a version');
  });

  test('without a blue version nobody can get traffic', () => {
    const first = { version: '1.0.0', upstream: UPSTREAM, traffic: 20 };
    expect(() => register(emptyServer('demo', 'project'), first, BY)).toThrow('No version is blue');
  });
});

describe('promote', () => {
  test('the version takes what blue had, and other green versions keep theirs', () => {
    const three = register(withGreen(20), { version: '3.0.0', upstream: UPSTREAM, traffic: 10 }, BY);
    expect(shown(three)).toEqual(['1.0.0 blue 72', '2.0.0 green 18', '3.0.0 green 10']);
    expect(shown(promote(three, '3.0.0', BY))).toEqual(['1.0.0 inactive 0', '2.0.0 green 18', '3.0.0 blue 82']);
  });

  test('an unknown version is refused with the known ones, and a blue one changes nothing', () => {
    expect(() => promote(withGreen(), '9', BY)).toThrow('Its versions are 1.0.0, 2.0.0.');
    expect(() => promote(emptyServer('demo', 'project'), '9', BY)).toThrow('no registered version');
    const server = withBlue();
    expect(promote(server, '1.0.0', BY)).toBe(server);
  });
});

describe('rollback', () => {
  test('a green version becomes inactive and blue takes its traffic', () => {
    const back = rollback(withGreen(40), '2.0.0', { ...BY, why: 'High error rate' });
    expect(shown(back)).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0']);
    expect(back.lastRollback).toEqual({
      fromVersion: '2.0.0',
      toVersion: '1.0.0',
      timestamp: 1000,
      reason: 'High error rate',
    });
  });

  test('a blue version gives its place back to the one before it, step by step', () => {
    const third = register(promote(withGreen(), '2.0.0', BY), { version: '3.0.0', upstream: UPSTREAM, blue: true }, BY);
    const second = rollback(third, '3.0.0', BY);
    expect(shown(second)).toEqual(['1.0.0 inactive 0', '2.0.0 blue 100', '3.0.0 inactive 0']);
    const first = rollback(second, '2.0.0', BY);
    expect(shown(first)).toEqual(['1.0.0 blue 100', '2.0.0 inactive 0', '3.0.0 inactive 0']);
    expect(() => rollback(first, '1.0.0', BY)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('no earlier blue version; one that was rolled back does not count'),
        next: expect.stringContaining('Registered are 2.0.0 (inactive), 3.0.0 (inactive).'),
      }),
    );
  });

  test('without a blue version there is nothing to go back to', () => {
    const green = register(emptyServer('demo', 'project'), { version: '1.0.0', upstream: UPSTREAM }, BY);
    expect(() => rollback(green, '1.0.0', BY)).toThrow('no version is blue');
  });

  test('a secret in the reason is masked', () => {
    const back = rollback(withGreen(40), '2.0.0', { ...BY, why: 'token=abcdefgh leaked' });
    expect(JSON.stringify(back)).not.toContain('abcdefgh');
  });
});

describe('setTraffic', () => {
  test.each([101, -1, 2.5, Number.NaN])('%p is refused', (percent) => {
    expect(() => setTraffic(withGreen(), '2.0.0', percent, BY)).toThrow('from 0 to 100');
  });

  test('an inactive version that gets traffic is green again', () => {
    const back = rollback(withGreen(40), '2.0.0', BY);
    expect(shown(setTraffic(back, '2.0.0', 5, BY))).toEqual(['1.0.0 blue 95', '2.0.0 green 5']);
  });

  test('blue cannot give up traffic when nobody takes it', () => {
    expect(() => setTraffic(withGreen(), '1.0.0', 60, BY)).toThrow('nothing takes the remaining 40 %');
    expect(shown(setTraffic(withGreen(20), '1.0.0', 60, BY))).toEqual(['1.0.0 blue 60', '2.0.0 green 40']);
  });
});

describe('remove', () => {
  test('only a version that nobody uses', () => {
    expect(() => remove(withGreen(), '1.0.0', BY)).toThrow('1.0.0 is blue');
    expect(() => remove(withGreen(30), '2.0.0', BY)).toThrow('used by 30 %');
    expect(shown(remove(withGreen(), '2.0.0', BY))).toEqual(['1.0.0 blue 100']);
  });

  test('the only version may go, and the history stays', () => {
    const none = remove(withBlue(), '1.0.0', BY);
    expect(none).toMatchObject({ versions: [], revision: 2 });
    expect(none.history.map(({ action }) => action)).toEqual(['register', 'remove']);
  });
});

test('each change is a revision and one entry with author, reason and effect; a repetition is none', () => {
  const server = setTraffic(withGreen(), '2.0.0', 10, BY);
  expect(server.revision).toBe(3);
  expect(server.history.at(-1)).toEqual({
    revision: 3,
    at: 1000,
    who: 'cli:ada',
    why: 'a test',
    action: 'traffic',
    version: '2.0.0',
    changes: [
      { version: '1.0.0', traffic: { from: 100, to: 90 } },
      { version: '2.0.0', traffic: { from: 0, to: 10 } },
    ],
  });
  expect(setTraffic(server, '2.0.0', 10, BY)).toBe(server);
});

test('a server keeps its last 1,000 changes', () => {
  let server = withGreen();
  for (let change = 0; change < 1_010; change += 1) server = setTraffic(server, '2.0.0', 1 + (change % 2), BY);
  expect(server.history).toHaveLength(1000);
  expect(server.revision).toBe(1012);
});

test('the events of a course, in order', () => {
  const sick = reportHealth(withGreen(30), '2.0.0', { state: 'unhealthy', reason: 'no answer' }, BY);
  expect(reportHealth(sick, '2.0.0', { state: 'unhealthy', reason: 'still' }, BY)).toBe(sick);
  const events = eventsSince(remove(rollback(sick, '2.0.0', BY), '2.0.0', BY), 1);
  expect(events.map(({ type, version, revision }) => `${revision} ${type} ${version}`)).toEqual([
    '2 server:traffic-changed 1.0.0',
    '2 server:registered 2.0.0',
    '3 server:health-changed 2.0.0',
    '4 server:traffic-changed 1.0.0',
    '4 server:status-changed 2.0.0',
    '4 server:traffic-changed 2.0.0',
    '4 server:rollback 2.0.0',
    '5 server:removed 2.0.0',
  ]);
  expect([...new Set(events.map(({ type }) => LOG_NAMES[type]))].toSorted()).toEqual([
    'mcp_server_health_changed',
    'mcp_server_registered',
    'mcp_server_rollback',
    'mcp_server_status_changed',
    'mcp_server_traffic_changed',
    'mcp_server_updated',
  ]);
  expect(events.find(({ type }) => type === 'server:rollback')).toMatchObject({ to: '1.0.0', why: 'a test' });
});
