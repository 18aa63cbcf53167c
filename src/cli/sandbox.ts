import type { Command as Cli } from 'commander';
import type { PartStatus, SandboxStatus } from '../../sandbox/index.ts';
import { SluiceError } from '../domain/errors.ts';
import type { CliDeps } from './deps.ts';
import { print, settingsOf } from './global.ts';

interface Options {
  name?: string;
  rps?: string;
  with?: string[];
  realPods?: boolean;
}

/** `sluice sandbox …`: the embedded stack. It is loaded when used, because most users have their own cluster. */
export function addSandbox(program: Cli, deps: CliDeps): void {
  const group = program
    .command('sandbox')
    .description('A local stack of the real parts: Kubernetes, Argo Rollouts, Traefik, Prometheus, Temporal');
  const add = (name: string, about: string) =>
    group.command(name).description(about).option('--name <name>', 'which sandbox', 'default');
  add('up', 'Start it; the first time builds its parts')
    .option('--rps <number>', 'requests a second of the load generator')
    .option('--with <parts...>', 'further parts: flux (its two main controllers and a Git server)')
    .option('--real-pods', 'also a registry and a node that really runs the images in it (root on Linux)')
    .action((options: Options, cli: Cli) => up(deps, options, cli));
  add('status', 'Show its parts').action(async (options: Options, cli: Cli) =>
    show(deps, cli, await explained((await load()).sandboxStatus(place(deps, options, cli))), statusText),
  );
  add('logs', 'Show the log of a part')
    .argument('<part>', 'name of the part, as status shows it')
    .action(async (part: string, options: Options, cli: Cli) =>
      deps.io.out(await explained((await load()).sandboxLogs(part, place(deps, options, cli)))),
    );
  add('down', 'Stop it').action(async (options: Options, cli: Cli) => {
    const where = place(deps, options, cli);
    const { stopped } = await explained((await load()).sandboxDown(where));
    deps.io.out(stopped.length > 0 ? 'The sandbox is down.' : `No part of a sandbox ${where.name} was running.`);
  });
}

const load = () => import('../../sandbox/index.ts');

function place(deps: CliDeps, { name = 'default' }: Options, cli: Cli): { name: string; home?: string } {
  const { loaded } = settingsOf(deps, cli);
  return { name, ...(loaded.origins.home === 'default' ? {} : { home: loaded.settings.home }) };
}

async function up(deps: CliDeps, options: Options, cli: Cli): Promise<void> {
  const { ADD_ONS, sandboxUp } = await load();
  const known: readonly string[] = ADD_ONS;
  const unknown = options.with?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new SluiceError('UNKNOWN_NAME', `There is no further part "${unknown}". Known: ${known.join(', ')}.`);
  const rps = options.rps === undefined ? {} : { rps: Number(options.rps) };
  await show(
    deps,
    cli,
    await explained(
      sandboxUp({
        ...place(deps, options, cli),
        ...rps,
        with: [...(options.with ?? []), ...(options.realPods ? ['real-pods'] : [])],
        onProgress: (line) => deps.io.err(line),
      }),
    ),
    (sandbox) => lines(sandbox).join('\n'),
  );
}

/** The sandbox throws plain errors. Their text is for the user, so they do not count as unknown failures. */
async function explained<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof SluiceError || !(error instanceof Error)) throw error;
    throw new SluiceError('SANDBOX_FAILED', error.message, { cause: error });
  });
}

function show<T extends object>(deps: CliDeps, cli: Cli, value: T, text: (value: T) => string): Promise<void> {
  return print(deps, cli, value, () => text(value));
}

function statusText({ name, stateDir, state, parts }: SandboxStatus): string {
  return [`sandbox ${name}: ${state} (${stateDir})`, ...parts.flatMap(partLines)].join('\n');
}

function partLines({
  name,
  state,
  pid,
  uptimeSeconds,
  rssBytes,
  url,
  entryUrl,
  exit,
  lastLines = [],
}: PartStatus): string[] {
  const life =
    state === 'running'
      ? `${Math.round(uptimeSeconds)} s, ${Math.round(rssBytes / 2 ** 20)} MiB, process ${pid}`
      : (exit ?? '');
  return [
    `${name.padEnd(24)} ${state.padEnd(8)} ${life.padEnd(32)} ${url ?? ''}`.trimEnd(),
    ...(entryUrl === undefined ? [] : [`    applications answer at ${entryUrl}`]),
    ...lastLines.map((line) => `    ${line}`),
  ];
}

function lines(value: object, indent = ''): string[] {
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
    if (Array.isArray(field)) return [`${indent}${name}: ${field.join(', ')}`];
    if (typeof field !== 'object' || field === null) return [`${indent}${name}: ${String(field)}`];
    return [`${indent}${name}:`, ...lines(field, `${indent}  `)];
  });
}
