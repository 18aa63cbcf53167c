import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../config/schema.ts';
import type { Names } from './sources.ts';

/** Names of one source, as they were looked up last. `at`: epoch ms. */
export interface Known {
  readonly at: number;
  readonly names: readonly string[];
}

/** What the names depend on. */
export interface Asked {
  readonly source: Names;
  readonly cluster: string | undefined;
  /** The namespace before the slash of the word at the cursor. */
  readonly namespace: string | undefined;
  readonly settings: Settings;
}

const FILE = 'completion.json';
const MAX_KEPT = 50;
const MAX_NAMES = 2_000;

/** The names that the last lookup found. Undefined if there are none. Never throws. */
export function readSnapshot(asked: Asked): Known | undefined {
  const known = all(asked.settings)[keyOf(asked)];
  return Array.isArray(known?.names) && typeof known.at === 'number' ? known : undefined;
}

/**
 * Keeps the names for the next time. Never throws: without a file, or without its folder, completion is only slower.
 */
export function writeSnapshot(asked: Asked, names: readonly string[], at: number): void {
  const { home } = asked.settings;
  const kept = Object.entries({ ...all(asked.settings), [keyOf(asked)]: { at, names: names.slice(0, MAX_NAMES) } });
  const newest = kept.toSorted(([, a], [, b]) => b.at - a.at).slice(0, MAX_KEPT);
  try {
    const part = join(home, `.${FILE}.${process.pid}`);
    writeFileSync(part, JSON.stringify(Object.fromEntries(newest)), { mode: 0o600 });
    // Two shells may write at the same time.
    renameSync(part, join(home, FILE));
  } catch {
    return;
  }
}

function all({ home }: Settings): Readonly<Record<string, Known>> {
  try {
    const found: unknown = JSON.parse(readFileSync(join(home, FILE), 'utf8'));
    return typeof found === 'object' && found !== null ? (found as Record<string, Known>) : {};
  } catch {
    return {};
  }
}

function keyOf({ source, cluster, namespace, settings }: Asked): string {
  const { kubeconfig, allowedNamespaces, taskQueue } = settings;
  const { KUBECONFIG, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } = process.env;
  return JSON.stringify([
    ...[source, cluster, namespace, kubeconfig, allowedNamespaces, taskQueue],
    ...[KUBECONFIG, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE],
  ]);
}
