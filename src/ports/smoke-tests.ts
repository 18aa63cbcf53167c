import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../domain/errors.ts';
import {
  callFault,
  callTestName,
  httpFault,
  httpTestName,
  LIST_TEST_NAME,
  listFault,
  type SmokeResult,
  type SmokeTests,
} from '../domain/delivery/smoke.ts';
import type { ServiceAt, ServiceCallsPort } from './service-calls.ts';

const PAUSE_MS = 2_000;

/** Where a version is tested. */
export interface SmokeScene {
  readonly calls: ServiceCallsPort;
  readonly at: Omit<ServiceAt, 'port'>;
  readonly signal: AbortSignal;
  /** Milliseconds between two attempts. */
  readonly pauseMs?: number;
}

/**
 * Runs every test, one after the other, and each until it passes or its attempts are over. Errors: FORBIDDEN and others
 * that concern the account of this process and not the version.
 */
export async function smokeTested(scene: SmokeScene, tests: SmokeTests): Promise<readonly SmokeResult[]> {
  const at = { ...scene.at, port: tests.port };
  const { calls } = scene;
  const results: SmokeResult[] = [];
  const run = async (name: string, work: (signal: AbortSignal) => Promise<string | undefined>): Promise<void> =>
    void results.push(await attempted(scene, tests, name, work));
  for (const test of tests.http)
    await run(httpTestName(test), async (signal) => httpFault(test, await calls.http(at, test, signal)));
  const { mcp } = tests;
  if (!mcp) return results;
  await run(LIST_TEST_NAME, (signal) =>
    calls.withMcp(at, mcp.path, signal, async (server) => listFault(mcp, await server.tools())),
  );
  // Which tools only read is known from the list.
  if (results.at(-1)?.fault !== undefined) return results;
  for (const call of mcp.calls)
    await run(callTestName(call), (signal) =>
      calls.withMcp(at, mcp.path, signal, async (server) =>
        callFault(call, await server.call(call.tool, call.arguments)),
      ),
    );
  return results;
}

async function attempted(
  { signal, pauseMs = PAUSE_MS }: SmokeScene,
  { attempts, timeoutMs }: SmokeTests,
  name: string,
  work: (signal: AbortSignal) => Promise<string | undefined>,
): Promise<SmokeResult> {
  for (let attempt = 1; ; attempt += 1) {
    const late = AbortSignal.timeout(timeoutMs);
    const fault = await work(AbortSignal.any([signal, late])).catch(unreached);
    signal.throwIfAborted();
    if (fault === undefined) return { name, attempts: attempt };
    if (attempt === attempts) return { name, attempts: attempt, fault };
    await sleep(pauseMs, undefined, { signal });
  }
}

/** That the version gives no answer is a fault of the version. */
function unreached(error: unknown): string {
  if (error instanceof SluiceError && error.code === 'SERVICE_UNREACHABLE') return error.message.replace(/[.]$/, '');
  throw error;
}
