import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import type { CliDeps, Io } from '../cli/deps.ts';
import { runCli } from '../cli/run.ts';
import { SIGNAL_EXITS } from '../domain/release/exit-code.ts';
import { loadSettings } from '../config/load.ts';
import { loadTemporalSettings } from '../config/temporal.ts';
import { auditPath, createAudit } from '../observability/audit.ts';
import { createLog } from '../observability/log.ts';
import { version } from '../config/version.ts';
import { createProcessTracing, type ProcessTracing } from './tracing.ts';
import { userName } from './user-name.ts';

const deps = (io: Io, tracing: ProcessTracing): CliDeps => ({
  load: ({ set, file }) => loadSettings({ env: process.env, flags: set, ...(file === undefined ? {} : { file }) }),
  open: async (settings) => {
    await tracing.start('cli', settings);
    return (await import('./services.ts')).createServices(settings);
  },
  audit: ({ home, auditLog, logLevel }) => createAudit({ home, file: auditLog, log: createLog(logLevel) }),
  auditPath: ({ home, auditLog }) => auditPath(home, auditLog),
  temporal: loadTemporalSettings,
  doctor: async (settings, where) => (await import('./doctor.ts')).examine(settings, where),
  serve: async (settings, stopped) => {
    await tracing.start('server', settings);
    await (await import('./server.ts')).runServer(settings, stopped);
  },
  mcp: async (settings, stopped) => {
    await tracing.start('mcp', settings);
    await (await import('./mcp-stdio.ts')).runMcpStdio(settings, stopped);
  },
  gateway: async (settings, where, stopped) => (await import('./gateway.ts')).runGateway(settings, where, stopped),
  worker: async (settings, stopped) => {
    await tracing.start('worker', settings);
    await (await import('./worker.ts')).runWorker(settings, { stopped });
  },
  refresh: refreshLater,
  contexts: async ({ kubeconfig }) =>
    (await import('../adapters/kubernetes/index.ts'))
      .createClusters(kubeconfig === undefined ? {} : { kubeconfig })
      .contexts(),
  listed: async (commands) => commands.map((await import('../mcp/tool-list.ts')).toTool),
  credentials: async (settings) => (await import('./credentials.ts')).credentialsOf(settings),
  login: async (settings) => (await import('./login.ts')).loginOf(settings),
  setupTemporal: async () => (await import('./setup-temporal.ts')).setupTemporal(),
  version: version(),
  user: userName(),
  io,
});

/** A process of its own, because the shell waits until this one has ended. */
function refreshLater(words: readonly string[]): void {
  const [program = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [program, 'complete', '--refresh', '--', ...words], {
    detached: true,
    stdio: 'ignore',
  });
  child.on('error', () => undefined);
  child.unref();
}

/**
 * The command line of this process. It sets the exit code and ends the process, even if a library still has open
 * handles.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const tracing = createProcessTracing();
  const code = await runCli(argv, deps(terminal(stopSignal()), tracing));
  await flushed(process.stdout);
  await tracing.stop();
  await flushed(process.stderr);
  process.exit(code);
}

function terminal(stopped: AbortSignal): Io {
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    live: process.stdout.isTTY,
    ...(process.stderr.isTTY ? { status: statusLine } : {}),
    ask,
    stopped,
  };
}

/** Overwrites the previous line. */
function statusLine(line: string | undefined): void {
  const room = Math.max(20, (process.stderr.columns ?? 80) - 1);
  process.stderr.write(`\r\u001b[2K${[...(line ?? '')].slice(0, room).join('')}`);
}

async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * The first signal stops the work in order, and is the reason of the abort. The second signal ends the process at once.
 */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => (stop.signal.aborted ? process.exit(SIGNAL_EXITS[signal]) : stop.abort(signal)));
  return stop.signal;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
