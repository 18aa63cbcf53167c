import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { SETTINGS } from '../../src/config/schema.ts';
import { ROOT } from '../root.mjs';

type Schema = Readonly<Record<string, unknown>>;

/** Settings that the chart sets itself, from values of their own. */
const OF_THE_CHART = [
  ...['MCP_PORT', 'SLUICE_HOME', 'SLUICE_HOST', 'SLUICE_JOURNAL', 'SLUICE_KEYS', 'SLUICE_PUBLIC_URL'],
  ...['SLUICE_STATUS_HOST', 'SLUICE_STATUS_PORT'],
];
/** Temporal's own settings that contain no secrets. Source: @temporalio/envconfig. */
const OF_TEMPORAL = [
  ...['TEMPORAL_TLS', 'TEMPORAL_TLS_SERVER_NAME', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'],
  ...['TEMPORAL_TLS_SERVER_CA_CERT_PATH', 'TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'],
];

/** Variables of OpenTelemetry that Sluice or its exporter reads, and that contain no secrets. */
const OF_OPENTELEMETRY = [
  ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  ...['OTEL_EXPORTER_OTLP_TIMEOUT', 'OTEL_EXPORTER_OTLP_COMPRESSION', 'OTEL_EXPORTER_OTLP_CERTIFICATE'],
  ...['OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES', 'OTEL_TRACES_EXPORTER', 'OTEL_SDK_DISABLED'],
  ...['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'],
];

const text: Schema = { type: 'string' };
const named: Schema = { type: 'string', minLength: 1 };
const flag: Schema = { type: 'boolean' };
const list = (items: Schema): Schema => ({ type: 'array', items });
const texts: Schema = { type: 'object', additionalProperties: text };
/** An object of Kubernetes, which the API server checks. */
const given: Schema = { type: 'object' };
/** No other names than these. */
const only = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
});

/** The roles of deploy/rbac.yaml without their prefix. The chart binds `identity` always. */
function rolesOf(rbac: string): readonly string[] {
  return parseAllDocuments(rbac)
    .map((document) => (document.toJS() as { metadata: { name: string } }).metadata.name.replace(/^sluice-/, ''))
    .filter((role) => role !== 'identity')
    .toSorted();
}

function component(): Schema {
  const roles = rolesOf(readFileSync(join(ROOT, 'deploy/rbac.yaml'), 'utf8'));
  return only({
    replicas: { type: 'integer', minimum: 0 },
    roles: { ...list({ enum: roles }), uniqueItems: true },
    ...{ resources: given, nodeSelector: texts, tolerations: list(given) },
  });
}

/** A secret value has no place in values, which Helm keeps in plain text and shows. */
function settings(): Schema {
  const own = Object.values(SETTINGS).filter((one) => !('secret' in one) && !OF_THE_CHART.includes(one.env));
  const values = [
    ...own.map(({ env, about }) => [env, about] as const),
    ...[...OF_TEMPORAL, ...OF_OPENTELEMETRY].map((env) => [env, ''] as const),
  ];
  return only(
    Object.fromEntries(
      values.map(([env, description]) => [
        env,
        { type: ['string', 'boolean'], ...(description === '' ? {} : { description }) },
      ]),
    ),
  );
}

/** The JSON Schema of the values of deploy/chart. Helm refuses values that it does not allow. */
export function chartSchema(): string {
  const image = { repository: named, tag: text, digest: text, pullPolicy: text, pullSecrets: list(named) };
  const ports: Schema = list({ type: 'integer', minimum: 1, maximum: 65_535 });
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart of Sluice',
    description: 'Generated from scripts/docs/chart-schema.ts by `npm run docs`. Do not edit.',
    ...only({
      global: given,
      image: only(image),
      publicUrl: { type: 'string', pattern: '^(https://[^/?#]+)?$' },
      temporal: only({ address: named, namespace: named }),
      journal: only({ secret: named, key: named }),
      keys: only({ secret: text }),
      settings: settings(),
      ...{ settingsFile: given, secrets: list(named), fileSecrets: list(named) },
      ...{ worker: component(), server: component() },
      rbac: only({ createRoles: flag, namespaces: list(named) }),
      ingress: only({ enabled: flag, className: text, annotations: texts, tlsSecret: text }),
      networkPolicy: only({ enabled: flag, clients: list(given), scrapers: list(given), egressPorts: ports }),
      metrics: only({
        serviceMonitor: only({ enabled: flag, interval: named, labels: texts }),
        rules: only({ enabled: flag, labels: texts }),
        dashboard: only({ enabled: flag, labels: texts }),
      }),
    }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
