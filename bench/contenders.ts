import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { McpLink } from '../src/entry/demo/mcp-link.ts';
import { releaseId } from '../src/domain/release/target.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { APP, NAMESPACE, type Cluster } from './cluster.ts';
import { withRetries } from './with-retries.ts';

/** One way to release. Each call returns when the contender's own command does. */
export interface Contender {
  readonly name: 'sluice' | 'plugin';
  /** Brings a new version to the first pause and waits until the contender would accept a promote. */
  begin(image: string): Promise<void>;
  promote(): Promise<void>;
  /** Waits until the second pause is reached and the contender would accept the next command. */
  held(): Promise<void>;
  abort(): Promise<void>;
  /** Returns to a Healthy Rollout on the old version. */
  finish(): Promise<void>;
}

export const STABLE = 'shop:v1';
/** Indexes of the pauses in the Rollout's steps. */
const FIRST_PAUSE = 1;
const SECOND_PAUSE = 3;

interface Release {
  readonly waiting?: { readonly for: string };
  readonly step?: { readonly index: number };
  readonly closed_at?: string;
  readonly state: string;
  readonly reason: string;
}

/** Uses MCP with a client that is already connected, as an agent's is. */
export function throughMcp(link: McpLink, sandbox: Sandbox): Contender {
  const target = { cluster: sandbox.context, namespace: NAMESPACE, rollout: APP };
  const id = releaseId(target);
  const asksAt = (index: number) =>
    until(link, id, ({ waiting, step }) => waiting?.for === 'promotion' && step?.index === index);
  return {
    name: 'sluice',
    async begin(image) {
      // The bench measures how fast a command takes effect. The latency of a busy machine must not hold the release.
      const analysis = { judge: 'limits', soak: '1s', min_requests: 1, success_ratio: 0.5, hold: '60s' };
      await link.call('release_start', { target, image, strategy: 'canary', analysis, require_manual_promotion: true });
      await asksAt(0);
    },
    promote: async () => void (await link.call('release_promote', { release_id: id })),
    held: () => asksAt(1),
    abort: async () => void (await link.call('release_abort', { release_id: id, confirm: id })),
    finish: () => until(link, id, ({ closed_at: closed }) => closed !== undefined),
  };
}

/** Long enough for a busy machine. */
const WAIT_MS = 180_000;

async function until(link: McpLink, id: string, holds: (release: Release) => boolean): Promise<void> {
  for (const end = Date.now() + WAIT_MS; ; await sleep(100)) {
    const release = await withRetries(() => link.call<Release>('release_get', { release_id: id }));
    if (holds(release)) return;
    if (Date.now() > end)
      throw new Error(`The release stays in ${release.state}: ${release.reason}. Its story is in the Temporal UI.`);
  }
}

/** `kubectl argo rollouts`: a new process for each command, as for a user. */
export function throughPlugin(path: string, sandbox: Sandbox, cluster: Cluster): Contender {
  const command = (...args: string[]) =>
    run(path, [...args, '--namespace', NAMESPACE, '--kubeconfig', sandbox.kubeconfig]);
  return {
    name: 'plugin',
    async begin(image) {
      await command('set', 'image', APP, `app=${image}`);
      await cluster.pausedAt(FIRST_PAUSE);
    },
    promote: () => command('promote', APP),
    held: () => cluster.pausedAt(SECOND_PAUSE),
    abort: () => command('abort', APP),
    async finish() {
      await command('set', 'image', APP, `app=${STABLE}`);
    },
  };
}

/** Start time of the plugin's process in ms, with a command that does nothing. */
export async function pluginStart(path: string): Promise<number> {
  const began = performance.now();
  await run(path, ['version', '--short']);
  return performance.now() - began;
}

function run(path: string, args: string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.once('error', reject);
  child.once('close', (code) =>
    code === 0 ? resolve() : reject(new Error(`The plugin's ${args[0]} failed: ${text.trim() || String(code)}`)),
  );
  return promise;
}
