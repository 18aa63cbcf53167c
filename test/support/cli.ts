import { auditPath } from '../../src/observability/audit.ts';
import type { CommandServices } from '../../src/commands/command.ts';
import type { CliDeps, Credentials } from '../../src/cli/deps.ts';
import { runCli } from '../../src/cli/run.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/schema.ts';
import type { Login } from '../../src/domain/access/login.ts';
import type { AuditTrail } from '../../src/domain/audit.ts';
import type { Preflight } from '../../src/domain/release/plan.ts';
import { toTool } from '../../src/mcp/tool-list.ts';
import { memoryAudit } from './mcp-server.ts';
import { fakeServices, READY, type FakeGateway } from './fake-gateway.ts';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly asked: readonly string[];
}

export interface CliWorld {
  readonly gateway: FakeGateway;
  readonly preflight?: Preflight;
  readonly env?: Record<string, string>;
  /** The answer of the person at the terminal. If absent, there is no person. */
  readonly answer?: boolean;
  readonly doctor?: CliDeps['doctor'];
  readonly audit?: AuditTrail;
  /** The services of the commands. By default they have only the fake gateway. */
  readonly services?: CommandServices;
  /** Receives progress. If absent, stderr is not a terminal. */
  readonly status?: (line: string | undefined) => void;
  readonly credentials?: (settings: Settings) => Credentials;
  readonly login?: (settings: Settings) => Login;
  readonly serve?: CliDeps['serve'];
  readonly refresh?: CliDeps['refresh'];
  /** Contexts of the kubeconfig. */
  readonly contexts?: readonly string[];
  /** Aborted with the name of a signal when the process would get that signal. */
  readonly stopped?: AbortSignal;
}

/** Nobody has logged in. */
const NOBODY: Login = {
  begin: () => Promise.reject(new Error('not in this test')),
  current: () => Promise.resolve(undefined),
  end: () => Promise.resolve(undefined),
};

/** Runs the command line in this process, on a fake gateway. */
export async function sluice(world: CliWorld, ...argv: string[]): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const asked: string[] = [];
  const before = process.exitCode;
  process.exitCode = 0;
  const unused = (): Promise<void> => Promise.reject(new Error('not in this test'));
  const unusedSetup: CliDeps['setupTemporal'] = () => Promise.reject(new Error('not in this test'));
  const code = await runCli(argv, {
    load: ({ set, file }) =>
      loadSettings({
        env: { SLUICE_HOME: '/nonexistent', ...world.env },
        flags: set,
        ...(file === undefined ? {} : { file }),
      }),
    open: () =>
      Promise.resolve({
        ...(world.services ?? fakeServices(world.gateway, world.preflight ?? READY)),
        close: () => Promise.resolve(),
      }),
    audit: () => world.audit ?? memoryAudit(),
    auditPath: ({ home, auditLog }) => auditPath(home, auditLog),
    temporal: () => Promise.resolve({ address: 'localhost:7233', namespace: 'default' }),
    doctor: world.doctor ?? (() => Promise.resolve([])),
    serve: world.serve ?? unused,
    mcp: unused,
    gateway: unused,
    worker: unused,
    refresh: (words) => world.refresh?.(words),
    contexts: () => Promise.resolve(world.contexts ?? ['prod', 'dev']),
    listed: (commands) => Promise.resolve(commands.map(toTool)),
    setupTemporal: unusedSetup,
    login: (settings) => Promise.resolve(world.login?.(settings) ?? NOBODY),
    credentials: async (settings) => world.credentials?.(settings) ?? Promise.reject(new Error('not in this test')),
    version: '0.0.0',
    user: 'ada',
    io: {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      interactive: world.answer !== undefined,
      live: false,
      ...(world.status ? { status: world.status } : {}),
      ask: (question) => Promise.resolve((asked.push(question), world.answer === true)),
      stopped: world.stopped ?? new AbortController().signal,
    },
  });
  process.exitCode = before ?? 0;
  return { code, out: out.join('\n'), err: err.join('\n'), asked };
}
