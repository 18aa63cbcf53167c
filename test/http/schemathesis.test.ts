import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import type { HttpServer } from '../../src/http/server.ts';
import type { ReleaseGateway } from '../../src/temporal/gateway.ts';
import { aView, AT, createFakeGateway } from '../support/fake-gateway.ts';
import { worldServices } from '../support/fake-tools.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';
import { memoryAudit } from '../support/mcp-server.ts';
import { restDeps, startRestServer } from '../support/rest.ts';
import { runSchemathesis } from '../support/schemathesis/run.ts';

// Thousands of requests, and at the first time an installation.
jest.setTimeout(600_000);

const audit = memoryAudit();
let world: FakeWorld;
let server: HttpServer;
beforeAll(async () => {
  // The names of the examples, so that some requests get through to the end.
  world = createFakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' } });
  server = await startRestServer(restDeps(worldServices(world, restless()), { audit }));
});
afterAll(async () => {
  await server.close();
  world.stop();
});

/**
 * Something has happened whenever its release is read, so that release_wait never waits. A release that was aborted
 * ends, so that release_rollback never waits either, and runs again when it is read next.
 */
function restless(): ReleaseGateway {
  const gateway = createFakeGateway([aView()]);
  let at = AT;
  let aborted = false;
  return {
    ...gateway,
    command: async (id, command, waitMs) => {
      aborted ||= command.name === 'abort';
      return gateway.command(id, command, waitMs);
    },
    get: async (id) => {
      const ended = aborted ? ({ state: 'rolled-back', closedAt: AT } as const) : {};
      aborted = false;
      const events = [{ at: (at += 1), state: 'soaking', text: 'still soaking' }] as const;
      return { ...(await gateway.get(id)), events, ...ended };
    },
  };
}

test('schemathesis finds no 500, no answer that the document does not describe, and no wrong input that is taken', async () => {
  const seed = Number(process.env['SLUICE_FUZZ_SEED'] ?? 20_261_121);

  const { code, report } = await runSchemathesis(`${server.restUrl}/openapi.json`, {
    seed,
    examples: 5,
    say: (line) => process.stderr.write(`${line}\n`),
  });

  expect(code === 0 ? '' : report).toBe('');
  expect(new Set(audit.entries.map(({ tool }) => tool))).toEqual(new Set(CATALOGUE.map(({ name }) => name)));
  expect(audit.entries.filter(({ result }) => result === 'INTERNAL')).toEqual([]);
  // Not only refusals.
  expect(new Set(audit.entries.filter(({ result }) => result === 'ok').map(({ tool }) => tool)).size).toBeGreaterThan(
    5,
  );
});
