import type { Command as Cli } from 'commander';
import { CLUSTER_KEYS, entryKey, isGiven } from '../config/clusters.ts';
import { SETTING_KEYS, SETTINGS, type ClusterEntry, type SettingKey, type Settings } from '../config/schema.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import type { CliDeps } from './deps.ts';
import { print, settingsOf } from './global.ts';
import { addSettingFlags } from './setting-flags.ts';

export function addConfig(program: Cli, deps: CliDeps): void {
  addSettingFlags(program.command('config'))
    .description('Show every setting, its value and where it comes from: default < settings file < environment < flag')
    .action(async (_: unknown, cli: Cli) => {
      const { loaded } = settingsOf(deps, cli);
      const temporal = await deps.temporal();
      const rows = [
        ...SETTING_KEYS.map((key) => ({
          name: SETTINGS[key].env,
          value: shown(loaded.settings, key),
          source: loaded.origins[key],
          about: SETTINGS[key].about,
        })),
        ...Object.entries(loaded.settings.clusters).flatMap(([context, entry]) => clusterRows(context, entry)),
        ...temporalRows(temporal),
      ];
      const file = loaded.file ? `settings file: ${loaded.file}` : 'settings file: none';
      await print(deps, cli, rows, () =>
        [file, ...rows.map(({ name, value, source }) => `${name.padEnd(35)} ${value.padEnd(28)} ${source}`)].join('\n'),
      );
    });
}

/** One row for each field in an entry of the section `clusters`, or one row with the fault of the entry. */
function clusterRows(context: string, entry: ClusterEntry) {
  const path = `clusters.${cleanText(context, 80)}`;
  const row = (name: string, value: string, about: string) => ({ name, value, source: 'file', about });
  if ('problems' in entry)
    return [row(path, `unusable: ${entry.problems.join('; ')}`, 'Entry of a cluster that cannot be used.')];
  const given = CLUSTER_KEYS.filter((key) => isGiven(key, entry.settings[key]));
  if (given.length === 0) return [row(path, '(no fields)', 'Entry of a cluster.')];
  return given.map((key) => row(`${path}.${entryKey(key)}`, shown(entry.settings, key), SETTINGS[key].about));
}

function temporalRows({ address, namespace }: { address: string; namespace: string }) {
  const row = (name: string, value: string, about: string) => ({
    name,
    value,
    source: process.env[name] ? 'environment' : 'Temporal profile or default',
    about,
  });
  return [
    row('TEMPORAL_ADDRESS', address, 'Temporal server.'),
    row('TEMPORAL_NAMESPACE', namespace, 'Temporal namespace.'),
  ];
}

function shown<Key extends SettingKey>(settings: Pick<Settings, Key>, key: Key): string {
  const value: unknown = settings[key];
  if (value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0))
    return '(unset)';
  if (SETTINGS[key].secret) return hidden(value);
  return maskSecrets(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Names of headers may be shown, values may not. */
function hidden(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? Object.keys(value)
        .map((name) => `${name}=***`)
        .join(',')
    : '***';
}
