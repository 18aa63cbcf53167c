import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type * as Yaml from 'yaml';
import { SluiceError } from '../domain/errors.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import { nearest } from '../contract/nearest.ts';
import { readAccess, readImpersonation } from './access.ts';
import { asText, CLUSTER_KEYS, isGiven, readClusters } from './clusters.ts';
import { prometheusProblems } from './prometheus.ts';
import { readNews } from './news.ts';
import { readWindows } from './windows.ts';
import { updateProblems } from './updates.ts';
import { fileKey, SETTING_KEYS, SETTINGS, type SettingKey, type Settings } from './schema.ts';

/** The source of a value. Later sources take precedence. */
export type Origin = 'default' | 'file' | 'environment' | 'flag';

export interface LoadedSettings {
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingKey, Origin>>;
  readonly file?: string;
}

export interface SettingsSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settings given on the command line, by their environment names. */
  readonly flags?: Readonly<Record<string, string>>;
  /** The file must exist if it is given. Otherwise `settings.yaml` in SLUICE_HOME is read if it exists. */
  readonly file?: string;
}

/** Names and texts, and the sections `clusters`, `windows`, `news`, `access` and `impersonate` in their parsed form. */
type FileContent = Readonly<Record<string, unknown>>;

const SECTIONS = ['clusters', 'windows', 'news', 'access', 'impersonate'] as const;

interface Found {
  readonly value: string;
  readonly origin: Origin;
  /** The name as the user wrote it. */
  readonly name: string;
}

/** Reads every setting: defaults < file < environment < flags. Throws CONFIG_INVALID with all problems at once. */
export function loadSettings(sources: SettingsSources): LoadedSettings {
  const problems: string[] = [];
  const file = settingsFile(sources);
  const fromFile = file ? readFile(file, problems) : {};
  checkFlags(sources.flags ?? {}, problems);
  const values = SETTING_KEYS.map((key) => read(key, find(key, sources, fromFile), problems));
  const { clusters, problems: section } = readClusters(fromFile['clusters']);
  const named = Object.fromEntries(values.map(({ key, value }) => [key, value])) as unknown as Settings;
  const { windows, problems: ofWindows } = readWindows(fromFile['windows']);
  const { receivers: news, problems: ofNews } = readNews(fromFile['news']);
  const { access, problems: ofAccess } = readAccess(fromFile['access']);
  const { impersonate, problems: ofImpersonation } = readImpersonation(fromFile['impersonate']);
  const about = { ...(access && { access }), ...(impersonate && { impersonate }) };
  const settings: Settings = { ...named, clusters, windows, news, ...about };
  problems.push(...section, ...ofWindows, ...ofNews, ...ofAccess, ...ofImpersonation);
  problems.push(...prometheusProblems(settings), ...shortFormProblems(settings), ...updateProblems(settings));
  if (problems.length > 0) throw new SluiceError('CONFIG_INVALID', problems.join('\n'), { details: { problems } });
  return {
    settings,
    origins: Object.fromEntries(values.map(({ key, origin }) => [key, origin])) as Record<SettingKey, Origin>,
    ...(file ? { file } : {}),
  };
}

function settingsFile(sources: SettingsSources): string | undefined {
  if (sources.file) return resolve(sources.file);
  const home = sources.flags?.['SLUICE_HOME'] ?? sources.env['SLUICE_HOME'] ?? SETTINGS.home.fallback;
  const usual = resolve(home, 'settings.yaml');
  return existsSync(usual) ? usual : undefined;
}

/** Beside entries for named clusters, it would be unclear which cluster settings without a name describe. */
function shortFormProblems({ clusters, cluster, ...settings }: Settings): string[] {
  const given = CLUSTER_KEYS.filter((key) => isGiven(key, settings[key])).map((key) => SETTINGS[key].env);
  if (cluster === undefined)
    return Object.keys(clusters).length === 0 || given.length === 0
      ? []
      : [
          `${given.join(', ')}: there is a section clusters, and this names no cluster. Move it into the entry of its cluster, or set SLUICE_CLUSTER to the context`,
        ];
  return Object.hasOwn(clusters, cluster)
    ? [
        `SLUICE_CLUSTER=${cleanText(cluster, 80)}: clusters.${cleanText(cluster, 80)} describes it too; keep one of them`,
      ]
    : [];
}

/** It is loaded with the first settings file. Without one, every command starts without it. */
function yaml(): typeof Yaml {
  return createRequire(import.meta.url)('yaml') as typeof Yaml;
}

function readFile(file: string, problems: string[]): FileContent {
  try {
    const content: unknown = yaml().parse(readFileSync(file, 'utf8')) ?? {};
    if (typeof content !== 'object' || Array.isArray(content) || content === null)
      throw new Error('it must hold names and values');
    return known(content as Record<string, unknown>, file, problems);
  } catch (error) {
    problems.push(`Settings file ${file}: ${cleanText(error instanceof Error ? error.message : String(error), 300)}`);
    return {};
  }
}

function known(content: Record<string, unknown>, file: string, problems: string[]): FileContent {
  const names = [...SETTING_KEYS.map(fileKey), ...SECTIONS];
  const unknown = Object.keys(content).filter((name) => !names.includes(name));
  problems.push(...unknown.map((name) => `Settings file ${file}: ${unknownName(name, names)}`));
  const isSection = (name: string): boolean => SECTIONS.some((one) => one === name);
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, isSection(name) ? value : asText(value)]),
  );
}

function checkFlags(flags: Readonly<Record<string, string>>, problems: string[]): void {
  const names = SETTING_KEYS.map((key) => SETTINGS[key].env);
  problems.push(
    ...Object.keys(flags)
      .filter((name) => !names.includes(name as never))
      .map((name) => `Flag --set: ${unknownName(name, names)}`),
  );
}

function unknownName(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return `${cleanText(name, 80)} is not a setting${near ? `; did you mean ${near}?` : ''}`;
}

function find(key: SettingKey, sources: SettingsSources, file: FileContent): Found | undefined {
  const { env } = SETTINGS[key];
  const flag = sources.flags?.[env];
  if (flag !== undefined) return { value: flag, origin: 'flag', name: env };
  // In shells and Compose files an empty variable means "not set".
  const variable = sources.env[env];
  if (variable !== undefined && variable !== '') return { value: variable, origin: 'environment', name: env };
  const value = file[fileKey(key)] as string | undefined;
  return value === undefined ? undefined : { value, origin: 'file', name: fileKey(key) };
}

function read(
  key: SettingKey,
  found: Found | undefined,
  problems: string[],
): { key: SettingKey; value: unknown; origin: Origin } {
  const entry = SETTINGS[key];
  if (!found) return { key, value: entry.fallback, origin: 'default' };
  const parsed = entry.schema.safeParse(found.value);
  if (parsed.success) return { key, value: parsed.data, origin: found.origin };
  const reason = parsed.error.issues[0]?.message ?? 'is not valid';
  problems.push(
    `${found.name}=${entry.secret ? '***' : cleanText(maskSecrets(JSON.stringify(found.value)), 80)} (${found.origin}): ${reason}`,
  );
  return { key, value: entry.fallback, origin: found.origin };
}
