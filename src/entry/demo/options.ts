import { existsSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { SluiceError } from '../../domain/errors.ts';

export interface StartOptions {
  /** Ends after the two releases of the demo. */
  readonly once: boolean;
  /** Which demo is played. */
  readonly demo: 'rollout' | 'mcp';
  /** Name of the sandbox. It has no meaning with a kubeconfig. */
  readonly name: string;
  readonly home: string;
  /** Path of the kubeconfig of the user's own cluster, which replaces the sandbox. */
  readonly kubeconfig?: string;
}

export const USAGE = `npm start [-- options]

  (nothing)             start the sandbox, show a good and a bad release, stay up
  --demo mcp            show the releases of an MCP server instead; needs no sandbox
  --once                end after the two releases; exit code 0 only if both went as they should
  --name <sandbox>      use another sandbox than "default"
  --kubeconfig <path>   use your own cluster instead; also SLUICE_KUBECONFIG. Changes nothing by itself`;

type Env = Readonly<Record<string, string | undefined>>;

/** Only an explicit kubeconfig counts, so that the demo never uses the default cluster. Throws INVALID_INPUT. */
export function readOptions(argv: readonly string[], env: Env, root: string): StartOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  const home = resolve(root, env['SLUICE_HOME'] || '.sluice');
  const given = values.kubeconfig ?? ownCluster(env, home);
  const options = { once: values.once ?? false, demo: demoOf(values.demo), name: values.name ?? 'default', home };
  if (given === undefined) return options;
  if (options.demo === 'mcp')
    throw refused('--demo mcp uses no cluster.', 'Leave out --demo, or --kubeconfig and SLUICE_KUBECONFIG.');
  if (options.once)
    throw refused(
      '--once runs the releases of the demo, and those run in the sandbox only.',
      'Leave out --once, or the kubeconfig.',
    );
  // npm changes to the package's folder. INIT_CWD is the user's folder.
  return { ...options, kubeconfig: existing(resolve(env['INIT_CWD'] ?? root, given)) };
}

/** A shell with the settings of the sandbox names its kubeconfig, and nobody has asked for another cluster. */
function ownCluster(env: Env, home: string): string | undefined {
  const named = env['SLUICE_KUBECONFIG'] || undefined;
  return named?.startsWith(join(home, 'sandbox', sep)) ? undefined : named;
}

function parse(argv: readonly string[]) {
  const options = {
    once: { type: 'boolean' },
    demo: { type: 'string' },
    name: { type: 'string' },
    kubeconfig: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw refused(
      `${(error as Error).message.split('. ')[0]}.`,
      'Known are --once, --demo, --name, --kubeconfig and --help.',
    );
  }
}

function demoOf(given: string | undefined): StartOptions['demo'] {
  if (given === undefined) return 'rollout';
  if (given === 'mcp') return given;
  throw refused(`There is no demo ${given}.`, 'Use --demo mcp, or leave it out.');
}

function existing(path: string): string {
  if (existsSync(path)) return path;
  throw refused(
    `There is no kubeconfig at ${path}.`,
    'Correct --kubeconfig or SLUICE_KUBECONFIG, or leave it out to use the sandbox.',
  );
}

function refused(message: string, next: string): SluiceError {
  return new SluiceError('INVALID_INPUT', message, { next });
}
