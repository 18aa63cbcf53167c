import { nearest } from '../contract/nearest.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import { prometheusProblems } from './prometheus.ts';
import {
  fileKey,
  SETTING_KEYS,
  SETTINGS,
  type ClusterEntries,
  type ClusterEntry,
  type ClusterSettings,
  type SettingKey,
} from './schema.ts';

type ClusterKey = keyof ClusterSettings;

export const CLUSTER_KEYS = SETTING_KEYS.filter((key): key is ClusterKey => /^(prometheus|traefikApi)/.test(key));

/** The name of a setting in an entry: its name in the settings file without `sluice_`. */
export function entryKey(key: SettingKey): string {
  return fileKey(key).replace(/^sluice_/, '');
}

/** Whether a value differs from the setting's default. */
export function isGiven(key: SettingKey, value: unknown): boolean {
  return JSON.stringify(value) !== JSON.stringify(SETTINGS[key].fallback);
}

/** The part of the settings that describes one cluster without saying which. */
export function shortForm(settings: ClusterSettings): ClusterSettings {
  return Object.fromEntries(CLUSTER_KEYS.map((key) => [key, settings[key]])) as unknown as ClusterSettings;
}

/** The settings of a cluster of which nothing is set. */
export function clusterDefaults(): ClusterSettings {
  return Object.fromEntries(CLUSTER_KEYS.map((key) => [key, SETTINGS[key].fallback])) as unknown as ClusterSettings;
}

/** The settings with the address of a part of a cluster. The others state how to reach it. */
const ADDRESSES: readonly ClusterKey[] = ['prometheusUrl', 'traefikApiUrls', 'traefikApiPods'];

/** The environment names of the addresses that settings contain. Empty if they describe no cluster. */
export function givenAddresses(settings: ClusterSettings): readonly string[] {
  return ADDRESSES.filter((key) => isGiven(key, settings[key])).map((key) => SETTINGS[key].env);
}

/**
 * Reads the section `clusters` of a settings file. `problems`: the reasons why the section as a whole cannot be read.
 */
export function readClusters(section: unknown): {
  readonly clusters: ClusterEntries;
  readonly problems: readonly string[];
} {
  if (section === undefined || section === null) return { clusters: {}, problems: [] };
  if (!isMap(section)) return { clusters: {}, problems: ['clusters: must hold one entry for each kubeconfig context'] };
  const entries = Object.entries(section).map(([context, fields]) => [context, readEntry(context, fields)] as const);
  return { clusters: Object.fromEntries(entries), problems: [] };
}

function readEntry(context: string, fields: unknown): ClusterEntry {
  const path = `clusters.${cleanText(context, 80)}`;
  if (!isMap(fields)) return { problems: [`${path}: must hold names and values`] };
  const read = CLUSTER_KEYS.map((key) => readField(key, path, fields[entryKey(key)]));
  const settings = Object.fromEntries(read.map(({ key, value }) => [key, value])) as unknown as ClusterSettings;
  const problems = [...unknownFields(path, fields), ...read.flatMap(({ problem }) => problem ?? [])];
  const pathOf = (key: ClusterKey) => `${path}.${entryKey(key)}`;
  const all = problems.length > 0 ? problems : prometheusProblems(settings, pathOf);
  return all.length > 0 ? { problems: all } : { settings };
}

function unknownFields(path: string, fields: Record<string, unknown>): string[] {
  const known = CLUSTER_KEYS.map(entryKey);
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      return `${path}.${cleanText(name, 80)} is not a setting of a cluster${near ? `; did you mean ${near}?` : ''}`;
    });
}

interface Read {
  readonly key: ClusterKey;
  readonly value: unknown;
  readonly problem?: string;
}

function readField(key: ClusterKey, path: string, value: unknown): Read {
  const { schema, fallback, secret } = SETTINGS[key];
  if (value === undefined || value === null) return { key, value: fallback };
  const text = asText(value);
  const parsed = schema.safeParse(text);
  if (parsed.success) return { key, value: parsed.data };
  const shown = secret ? '***' : cleanText(maskSecrets(JSON.stringify(text)), 80);
  return {
    key,
    value: fallback,
    problem: `${path}.${entryKey(key)}=${shown}: ${parsed.error.issues[0]?.message ?? 'is not valid'}`,
  };
}

/** Lists and maps may be written as such. Every setting is parsed from a text. */
export function asText(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  if (isMap(value))
    return Object.entries(value)
      .map(([name, content]) => `${name}=${String(content)}`)
      .join(',');
  return String(value);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
