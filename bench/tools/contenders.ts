import { join } from 'node:path';
import { ROOT } from '../../scripts/root.mjs';
import type { Peer, Programs } from './peers.ts';

export type Name = 'sluice' | Peer;
/** Only our server has `list-fresh`, the list without its cache. */
export type Question = 'list' | 'list-fresh' | 'status';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** One MCP server, started as by its users. */
export interface Contender {
  readonly name: Name;
  readonly stdio: Launch;
  readonly http: (port: number) => Launch;
  /** Undefined if the server has no such tool. `object` is the name of one Rollout. */
  readonly ask: (question: Question, namespace: string, object: string) => ToolCall | undefined;
}

export function sluice(env: NodeJS.ProcessEnv): Contender {
  const launch = (command: string, more: NodeJS.ProcessEnv = {}): Launch => ({
    command: process.execPath,
    args: [join(ROOT, 'bin', 'sluice.mjs'), command],
    env: { ...env, ...more },
  });
  const list = (namespace: string, fresh: boolean): ToolCall => ({
    name: 'argo_list_rollouts',
    arguments: { namespace, limit: 1000, ...(fresh ? { fresh } : {}) },
  });
  return {
    name: 'sluice',
    stdio: launch('mcp'),
    http: (port) => launch('serve', { MCP_PORT: String(port) }),
    ask(question, namespace, object) {
      if (question === 'status') return { name: 'argo_get_rollout_status', arguments: { namespace, name: object } };
      return list(namespace, question === 'list-fresh');
    },
  };
}

const ROLLOUT = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' };

/** `toolsets`: those of kubernetes-mcp-server, if not its default ones. */
export function peers(programs: Programs, env: NodeJS.ProcessEnv, toolsets?: string): Contender[] {
  const more = toolsets === undefined ? [] : ['--toolsets', toolsets];
  return [
    goServer([...programs['kubernetes-mcp-server'], ...more], env),
    kubectlServer(programs['mcp-server-kubernetes'], env),
  ];
}

function launchOf([command = '', ...args]: readonly string[], more: readonly string[], env: NodeJS.ProcessEnv): Launch {
  return { command, args: [...args, ...more], env };
}

function goServer(program: readonly string[], env: NodeJS.ProcessEnv): Contender {
  return {
    name: 'kubernetes-mcp-server',
    stdio: launchOf(program, [], env),
    http: (port) => launchOf(program, ['--port', String(port), '--bind-address', '127.0.0.1'], env),
    ask(question, namespace, name) {
      if (question === 'list-fresh') return undefined;
      return question === 'list'
        ? { name: 'resources_list', arguments: { ...ROLLOUT, namespace } }
        : { name: 'resources_get', arguments: { ...ROLLOUT, namespace, name } };
    },
  };
}

/** By default it accepts one MiB of kubectl's output, and cannot list a thousand Rollouts. */
const ROOM = { SPAWN_MAX_BUFFER: String(64 * 2 ** 20) };

function kubectlServer(program: readonly string[], usual: NodeJS.ProcessEnv): Contender {
  const env = { ...usual, ...ROOM };
  return {
    name: 'mcp-server-kubernetes',
    stdio: launchOf(program, [], env),
    http: (port) =>
      launchOf(program, [], {
        ...env,
        ENABLE_UNSAFE_STREAMABLE_HTTP_TRANSPORT: '1',
        HOST: '127.0.0.1',
        PORT: String(port),
      }),
    ask(question, namespace, name) {
      if (question === 'list-fresh') return undefined;
      return {
        name: 'kubectl_get',
        arguments: { resourceType: 'rollouts.argoproj.io', namespace, ...(question === 'status' ? { name } : {}) },
      };
    },
  };
}
