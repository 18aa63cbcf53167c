import { parseArgs } from 'node:util';
import { SluiceError } from '../domain/errors.ts';
import type { Program } from '../gateway/program.ts';

/** What a bridge serves, and where. Times are in ms. */
export interface BridgeOptions {
  /** The name of the server in logs and metrics. */
  readonly name: string;
  /** 0: a free one. */
  readonly port: number;
  readonly program: Program;
  /** Origins of web pages that may call. A request without the header Origin comes from no page. */
  readonly origins: readonly string[];
  /** Longest silence of the server during a call. */
  readonly callMs: number;
  /** How long requests are still accepted after SIGTERM: routers learn of the end of a pod a moment later. */
  readonly leaveMs: number;
  /** How long open requests may go on after that. */
  readonly drainMs: number;
}

const OPTIONS = {
  name: { type: 'string', default: 'server' },
  port: { type: 'string', default: '8000' },
  'allow-origin': { type: 'string', multiple: true, default: [] as string[] },
  'call-timeout': { type: 'string', default: '300' },
  leave: { type: 'string', default: '3' },
  drain: { type: 'string', default: '20' },
} as const;

export const USAGE =
  'Use: node bridge.mjs [--name <name>] [--port <port>] [--allow-origin <origin>] [--call-timeout <seconds>] ' +
  '[--leave <seconds>] [--drain <seconds>] -- <command> [arguments]';

/** The variable that names the port belongs to the bridge: two programs cannot listen on the same one. */
const OWN_VARIABLES = ['PORT'];

/**
 * `args`: those of the program. `env`: its environment; PORT wins over --port. The server gets all other variables.
 * Errors: INVALID_INPUT.
 */
export function bridgeOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): BridgeOptions {
  const { values, command } = parsed(args);
  const [program, ...words] = command;
  if (program === undefined) throw invalid('there is no command after "--"');
  const seconds = (name: 'call-timeout' | 'leave' | 'drain'): number =>
    within(`--${name}`, values[name], 86_400) * 1000;
  return {
    name: values.name,
    port: env['PORT'] ? within('PORT', env['PORT'], 65_535) : within('--port', values.port, 65_535),
    program: { command: program, args: words, env: serverEnvironment(env) },
    origins: values['allow-origin'].map(originOf),
    callMs: seconds('call-timeout') || 1_000,
    leaveMs: seconds('leave'),
    drainMs: seconds('drain'),
  };
}

function parsed(args: readonly string[]) {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  try {
    const { values } = parseArgs({ args: [...own], options: OPTIONS, strict: true, allowPositionals: false });
    return { values, command: end < 0 ? [] : args.slice(end + 1) };
  } catch (error) {
    throw invalid(error instanceof Error ? error.message.replace(/\.\s[\s\S]*$|\.$/, '') : String(error));
  }
}

function serverEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const own = Object.entries(env).filter(([name]) => !OWN_VARIABLES.includes(name));
  return Object.fromEntries(own.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function within(what: string, text: string, most: number): number {
  if (/^\d{1,6}$/.test(text) && Number(text) <= most) return Number(text);
  throw invalid(`${what} has to be a whole number from 0 to ${most}`);
}

function originOf(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  throw invalid(`--allow-origin has to be an origin, as in https://app.example.com`);
}

function invalid(why: string): SluiceError {
  return new SluiceError('INVALID_INPUT', `The bridge cannot start: ${why}.`, { next: USAGE });
}
