import { randomBytes } from 'node:crypto';
import type { ImageRunnerPort, RunAsked } from '../../ports/image-runner.ts';
import type { NotRun } from '../../ports/not-run.ts';
import { ProgramFailure, runProgram } from '../local/run-program.ts';
import { ENDED, portOpened } from './port-opened.ts';
import { TunnelFailure, withTunnel } from './tunnel.ts';

export interface RunnerSettings {
  /** The builder of the settings: its name or its path. */
  readonly builder?: string | undefined;
  /** The time limit of each call, in milliseconds. */
  readonly timeout: number;
}

/** Runs images with podman or docker. Podman has the images of buildah. */
export function createImageRunner(settings: RunnerSettings): ImageRunnerPort {
  return {
    async withServer(asked, signal, use) {
      const name = `sluice-check-${randomBytes(6).toString('hex')}`;
      try {
        const run = runs(settings, asked, signal);
        return (await startedAs(name, asked, run)) ?? (await reached({ name, asked, run, signal }, use));
      } finally {
        // A cancelled call has to remove the container too. A killed one is not waited for.
        const clean = runs(settings, asked, AbortSignal.timeout(settings.timeout));
        await clean(['kill', name]).catch(() => undefined);
        await clean(['rm', '--force', name]).catch(() => undefined);
      }
    },
  };
}

interface Started {
  readonly name: string;
  readonly asked: RunAsked;
  readonly run: Run;
  readonly signal: AbortSignal;
}

async function reached<T>(
  { name, asked: { port, startSeconds }, run, signal }: Started,
  use: (address: string) => Promise<T>,
): Promise<T | NotRun> {
  const isUp = async (): Promise<boolean> =>
    (await run(['inspect', '--format', '{{.State.Running}}', name]))[0] === 'true';
  const pid = Number((await run(['inspect', '--format', '{{.State.Pid}}', name]))[0]);
  try {
    return await withTunnel({ pid, port }, signal, async (address) => {
      const failed = await portOpened(address, startSeconds, isUp, signal);
      return failed === undefined ? use(address) : await notStarted(name, failed, run);
    });
  } catch (error) {
    if (!(error instanceof TunnelFailure)) throw error;
    return (await isUp()) ? { notRun: error.message } : await notStarted(name, ENDED, run);
  }
}

/** `log` gets each line, also those of the standard error. The lines of the standard output are returned. */
type Run = (args: readonly string[], log?: (line: string) => void) => Promise<readonly string[]>;

function runs({ builder, timeout }: RunnerSettings, asked: RunAsked, signal: AbortSignal): Run {
  const program = asked.builder === 'buildah' ? 'podman' : (builder ?? asked.builder);
  return (args, log = () => undefined) => runProgram({ program, args, log, signal, timeout });
}

/** No network, nothing to write to but /tmp, no capability, and limits on memory, processes and open files. */
const CLOSED = [
  ...['--network', 'none', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
  ...['--security-opt', 'no-new-privileges', '--memory', '1g', '--pids-limit', '512'],
  ...['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', '--pull', 'never'],
];

/** Undefined if it runs. */
async function startedAs(name: string, { id, environment }: RunAsked, run: Run): Promise<NotRun | undefined> {
  const variables = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  try {
    await run(['run', '--detach', '--name', name, ...CLOSED, ...variables, id]);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    const why = error.missing ? error.message.replace(/: spawn.*$/, ' is not on this machine') : error.message;
    return { notRun: why.slice(0, 600) };
  }
}

const LAST_LINES = '20';

async function notStarted(name: string, why: string, run: Run): Promise<NotRun> {
  const lines: string[] = [];
  await run(['logs', '--tail', LAST_LINES, name], (line) => void lines.push(line)).catch(() => undefined);
  const said = lines.length === 0 ? '' : `, and wrote: ${lines.join(' | ')}`;
  return { notRun: `the server ${why}${said}`.slice(0, 900) };
}
