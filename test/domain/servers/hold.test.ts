import { describe, expect, test } from '@jest/globals';
import { promote, register, remove, reportHealth, rollback, setTraffic } from '../../../src/domain/servers/actions.ts';
import { changeHeld, dropHold, passHold, takeHold, withReleased } from '../../../src/domain/servers/hold.ts';
import { emptyServer, type RegisteredServer } from '../../../src/domain/servers/server.ts';
import { BY, shown, UPSTREAM, withBlue } from './builders.ts';

const MINE = { releaseId: 'release/mcp/servers/demo', runId: '1', epoch: 3 };
const OTHER = { releaseId: 'release/mcp/servers/demo', runId: '2', epoch: 1 };
const two = (): RegisteredServer => register(withBlue(), { version: '2.0.0', upstream: UPSTREAM }, BY);
const held = (): RegisteredServer => withReleased(takeHold(two(), MINE) as RegisteredServer, '2.0.0');

describe('the mark of a release', () => {
  test('belongs to one run, whose later acts raise its epoch', () => {
    expect(passHold(held(), { ...MINE, epoch: 4 })).toMatchObject({
      release: { owner: { epoch: 4 }, version: '2.0.0' },
    });
    expect(passHold(held(), MINE)).toMatchObject({ release: { owner: MINE } });
    expect(passHold(held(), { ...MINE, epoch: 2 })).toMatchObject({ refused: true, holder: MINE });
    expect(passHold(held(), OTHER)).toMatchObject({ refused: true, holder: MINE });
    expect(passHold(two(), MINE)).toEqual({
      refused: true,
      detail: 'MCP server demo has no owner mark of release/mcp/servers/demo any more',
    });
  });

  test('is taken over only from the run that the caller names', () => {
    expect(takeHold(held(), OTHER)).toMatchObject({ refused: true, holder: MINE });
    expect(takeHold(held(), OTHER, { ...MINE, epoch: 2 })).toMatchObject({ refused: true });
    expect(takeHold(held(), OTHER, MINE)).toMatchObject({ release: { owner: OTHER, version: '2.0.0' } });
  });

  test('is removed by its run alone, and is not part of the revision', () => {
    expect(dropHold(held(), OTHER).release).toBeDefined();
    expect(dropHold(held(), { ...MINE, epoch: 9 })).toEqual(two());
    expect(held().revision).toBe(two().revision);
  });
});

describe('while a release holds the server', () => {
  const changes: readonly [string, (server: RegisteredServer) => RegisteredServer][] = [
    ['promote', (server) => promote(server, '2.0.0', BY)],
    ['rollback', (server) => rollback(server, '2.0.0', BY)],
    ['traffic', (server) => setTraffic(server, '2.0.0', 20, BY)],
    ['remove', (server) => remove(server, '2.0.0', BY)],
    ['register as blue', (server) => register(server, { version: '3', upstream: UPSTREAM, blue: true }, BY)],
    ['register with traffic', (server) => register(server, { version: '3', upstream: UPSTREAM, traffic: 5 }, BY)],
  ];
  test.each(changes)('%s of somebody else is refused', (_, change) => {
    expect(() => change(held())).toThrow('demo is held by the release release/mcp/servers/demo of version 2.0.0.');
    expect(() => change(two())).not.toThrow();
  });

  test('a version without callers can be registered, and health is reported', () => {
    expect(shown(register(held(), { version: '3', upstream: UPSTREAM }, BY))).toContain('3 green 0');
    expect(reportHealth(held(), '2.0.0', { state: 'unhealthy' }, BY).revision).toBe(held().revision + 1);
  });

  test('the release itself changes it', () => {
    const by = { ...BY, releaseId: MINE.releaseId };
    expect(shown(setTraffic(held(), '2.0.0', 20, by))).toEqual(['1.0.0 blue 80', '2.0.0 green 20']);
  });
});

test('a refused change leaves the server as it was, and a missing server is an error', async () => {
  let server = held();
  const changing = async (fn: (present: RegisteredServer) => RegisteredServer) => (server = fn(server));
  expect(await changeHeld(changing, (now) => passHold(now, OTHER))).toMatchObject({ refused: true });
  expect(server).toEqual(held());
  expect(await changeHeld(changing, (now) => promote(now, '2.0.0', { ...BY, releaseId: MINE.releaseId }))).toEqual({
    changed: true,
    detail: 'MCP server demo has revision 3',
  });
  server = emptyServer('gone', 'project');
  await expect(changeHeld(changing, (now) => now)).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND' });
});
