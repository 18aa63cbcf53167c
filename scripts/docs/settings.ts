import { fileKey, SETTING_KEYS, SETTINGS, type SettingKey } from '../../src/config/schema.ts';
import { SETTING_FLAGS } from '../../src/cli/setting-flags.ts';
import { code, heading, table } from './markdown.ts';

/** The usual ones of Temporal's own settings, which Temporal's library reads (src/config/temporal.ts). */
const TEMPORAL = [
  ['TEMPORAL_ADDRESS', 'localhost:7233', 'Host and port of the Temporal server.'],
  ['TEMPORAL_NAMESPACE', 'default', 'Namespace of the releases.'],
  ['TEMPORAL_API_KEY', '', 'API key, for Temporal Cloud.'],
  ['TEMPORAL_TLS', '', 'true turns TLS on. An API key and each of the files below do too.'],
  [
    'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    '',
    'File with the certificate of the authority that signed that of the server.',
  ],
  ['TEMPORAL_TLS_CLIENT_CERT_PATH', '', 'File with the certificate of the client, for mTLS.'],
  ['TEMPORAL_TLS_CLIENT_KEY_PATH', '', 'File with the key of that certificate.'],
  ['TEMPORAL_TLS_SERVER_NAME', '', 'Name in the certificate of the server, when it is not that of the address.'],
  ['TEMPORAL_PROFILE', 'default', 'Profile in Temporal’s own settings file.'],
  ['TEMPORAL_CONFIG_FILE', '', 'Path of that file, when it is not in its usual place.'],
] as const;

/** The usual ones of OpenTelemetry (src/observability/tracing). */
const OPENTELEMETRY = [
  [
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    '',
    'Collector for OTLP over HTTP in protobuf, as in http://localhost:4318. Unset: no traces.',
  ],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', '', 'The whole address for traces, instead.'],
  ['OTEL_EXPORTER_OTLP_HEADERS', '', 'Headers for the collector, as in key=value, with credentials.'],
  ['OTEL_SERVICE_NAME', 'sluice-server, -worker, -mcp, -cli', 'Name of the process in traces.'],
  ['OTEL_RESOURCE_ATTRIBUTES', '', 'More about the process, as in deployment.environment.name=production.'],
  ['OTEL_TRACES_SAMPLER', 'parentbased_always_on', 'Which traces are kept.'],
  ['OTEL_TRACES_SAMPLER_ARG', '1', 'The share that a sampler with traceidratio keeps.'],
  ['OTEL_SDK_DISABLED', 'false', 'true: no traces.'],
] as const;

/** Every setting, its names and its default. */
export function settingsPage(): string {
  const rows = SETTING_KEYS.map((key) => [
    code(SETTINGS[key].env),
    code(fileKey(key)),
    flag(key),
    fallback(key) === '' ? '' : code(fallback(key)),
    SETTINGS[key].about,
  ]);
  return (
    heading(
      'Settings',
      'src/config/schema.ts',
      'A later source wins: default, settings file, environment, `--set NAME=value`, flag of its own (on `sluice serve`, `sluice mcp` and `sluice config`). The settings file is `settings.yaml` in `SLUICE_HOME`, or what `--settings` names. `sluice config` shows every value and where it came from. An unknown name in the file or in `--set` is refused. The file may also have the sections `clusters` ([clusters.md](../clusters.md)) and `access` ([access.md](../access.md)).',
    ) +
    `\n${table(['Environment', 'In the file', 'Flag', 'Default', 'Meaning'], rows)}` +
    '\n## Temporal\n\nSluice reads Temporal’s own environment variables and profile file, so that one set-up serves the `temporal` CLI and Sluice. The usual ones:\n' +
    `\n${table(
      ['Environment', 'Default', 'Meaning'],
      TEMPORAL.map(([name, value, about]) => [code(name), value === '' ? '' : code(value), about]),
    )}` +
    '\n## Traces\n\nThe standard variables of OpenTelemetry turn traces on ([operations](../operations.md#traces)). The usual ones:\n' +
    `\n${table(
      ['Environment', 'Default', 'Meaning'],
      OPENTELEMETRY.map(([name, value, about]) => [code(name), value === '' ? '' : code(value), about]),
    )}`
  );
}

function flag(key: SettingKey): string {
  const own: Partial<Record<SettingKey, { readonly flags: string }>> = SETTING_FLAGS;
  const { flags } = own[key] ?? {};
  return flags === undefined ? '' : code(flags.split(' ')[0] ?? '');
}

function fallback(key: SettingKey): string {
  const { fallback: value } = SETTINGS[key];
  if (typeof value === 'object') return Array.isArray(value) ? value.map(String).join(',') : '';
  return String(value ?? '');
}
