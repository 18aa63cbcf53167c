import { z } from 'zod';
import { boolean, commaList, secret, setting, type Setting } from '../contract/setting.ts';
import type { ImpersonationRule } from '../domain/access/impersonation.ts';
import type { AccessRules } from '../domain/access/rules.ts';
import { ARGO_STRATEGY_NAMES } from '../domain/argo-strategies.ts';
import type { NewsReceiver } from '../domain/news/delivery.ts';
import { BUILD_FORM } from '../domain/worker-build.ts';
import type { Window } from '../domain/windows/window.ts';
import { STRATEGY_NAMES } from '../strategies/index.ts';
import { TOOLSET_SETTINGS } from '../toolsets/settings.ts';
import { ACCESS_SETTINGS } from './access-settings.ts';
import { GATEWAY_SETTINGS } from './gateway-settings.ts';
import { integer } from './integer.ts';
import { headers, matchers, timeout, token } from './prometheus-values.ts';
import { STATUS_SETTINGS } from './status-settings.ts';

const text = z.string().trim().min(1);
const optionalBuild: z.ZodType<string | undefined, string> = z
  .string()
  .regex(BUILD_FORM, 'must be letters, digits, dots, hyphens and underscores, at most 100');
const optionalText: z.ZodType<string | undefined, string> = text;

/** Those that a new Rollout and a release can have. A release of a target without a Rollout names its strategy. */
const DEFAULT_STRATEGIES = STRATEGY_NAMES.filter((name) => ARGO_STRATEGY_NAMES.some((known) => known === name));
/** The name without the hyphen is accepted too. */
const strategy = z.string().transform((value, context): string => {
  const known = DEFAULT_STRATEGIES.find((name) => name === value || name.replaceAll('-', '') === value);
  if (known) return known;
  context.addIssue({ code: 'custom', message: `must be one of ${DEFAULT_STRATEGIES.join(', ')}` });
  return value;
});

const words = (known: (word: string) => boolean, form: string) => commaList.refine((list) => list.every(known), form);
const namespaces = words(
  (word) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(word),
  'must be names of namespaces, separated by commas',
);

const toolsets = words((word) => /^[a-z][a-z0-9-]*$/.test(word), 'must be names of toolsets, separated by commas');

const httpUrl = z.string().refine(isHttpUrl, 'must be an http:// or https:// URL');
const optionalUrl: z.ZodType<string | undefined, string> = httpUrl;
const urls = commaList.pipe(z.array(httpUrl));

function isHttpUrl(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value);
}

/** Traefik pods whose API is reached through the API server's pod proxy. */
export interface PodSelector {
  readonly namespace: string;
  readonly selector: string;
  readonly port: number;
}

const podSelector = z.string().transform((value, context): PodSelector | undefined => {
  const match = /^([a-z0-9-]+)\/(.+):(\d{1,5})$/.exec(value);
  if (!match) context.addIssue({ code: 'custom', message: 'must look like namespace/label=value:port' });
  return match ? { namespace: match[1] ?? '', selector: match[2] ?? '', port: Number(match[3]) } : undefined;
});

const journal = text.refine(
  (value) => !value.includes('://') || (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value)),
  'must be a file, or a URL such as postgres://user:password@host:5432/database',
);
const days = z.string().regex(/^[1-9]\d{0,4}d$/, 'must be whole days, as in 365d');

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
const logLevel = z.string().pipe(z.enum(LOG_LEVELS));

/**
 * Every setting of Sluice itself. The folder of a toolset defines those that only its tools read. Temporal's library
 * reads Temporal's own settings: see temporal.ts.
 */
export const SETTINGS = {
  mcpPort: setting(
    'MCP_PORT',
    integer(0, 65535),
    8765,
    'Port of the HTTP server: MCP at /mcp, REST at /engine/v1. 0 takes a free one.',
  ),
  mcpAllowWrite: setting(
    'MCP_ALLOW_WRITE',
    boolean,
    false,
    'Whether MCP and REST offer the tools that change something.',
  ),
  mcpDebug: setting('MCP_DEBUG', boolean, false, 'Logs every call with its arguments.'),
  defaultStrategy: setting(
    'ARGO_DEFAULT_STRATEGY',
    strategy,
    STRATEGY_NAMES[0],
    `Strategy of a release or a new Rollout that names none: ${DEFAULT_STRATEGIES.join(', ')}.`,
  ),
  weightStep: setting(
    'TRAEFIK_DEFAULT_WEIGHT_STEP',
    integer(1, 100) as z.ZodType<number | undefined, string>,
    undefined,
    'Weights of a release that chooses them itself: N, 2N, … 100; unset: 5, 10, 25, 50, 100. Also one step of traefik_update_route_weights; unset: 10.',
  ),
  ...TOOLSET_SETTINGS,
  allowedNamespaces: setting(
    'SLUICE_ALLOWED_NAMESPACES',
    namespaces,
    [],
    'Namespaces in which tools may read and write, separated by commas; unset: all.',
  ),
  toolsets: setting(
    'SLUICE_TOOLSETS',
    toolsets,
    [],
    'Toolsets that servers offer, separated by commas; unset: all, some of them over MCP on request only. `sluice tools` lists them.',
  ),
  auditLog: setting(
    'SLUICE_AUDIT_LOG',
    text,
    'audit.jsonl',
    'File of the audit log, relative to SLUICE_HOME, or stderr.',
  ),
  journal: setting(
    'SLUICE_JOURNAL',
    journal,
    'journal.db',
    'The record of every release: an SQLite file, relative to SLUICE_HOME, or a postgres:// URL. The same for workers, servers and CLI.',
  ),
  journalRetention: setting(
    'SLUICE_JOURNAL_RETENTION',
    days,
    '365d',
    'How long the journal keeps a release after its end, in days.',
  ),
  prometheusUrl: setting(
    'SLUICE_PROMETHEUS_URL',
    optionalUrl,
    undefined,
    'Prometheus that scrapes Traefik; the base address, without /api/v1.',
  ),
  prometheusBearerToken: secret('SLUICE_PROMETHEUS_BEARER_TOKEN', token, undefined, 'Bearer token for Prometheus.'),
  prometheusBearerTokenFile: setting(
    'SLUICE_PROMETHEUS_BEARER_TOKEN_FILE',
    optionalText,
    undefined,
    'File with the bearer token, read again for every request.',
  ),
  prometheusUsername: setting(
    'SLUICE_PROMETHEUS_USERNAME',
    optionalText,
    undefined,
    'Basic authentication at Prometheus.',
  ),
  prometheusPassword: secret('SLUICE_PROMETHEUS_PASSWORD', optionalText, undefined, 'Its password.'),
  prometheusPasswordFile: setting(
    'SLUICE_PROMETHEUS_PASSWORD_FILE',
    optionalText,
    undefined,
    'File with the password, read again for every request.',
  ),
  prometheusCaFile: setting(
    'SLUICE_PROMETHEUS_CA_FILE',
    optionalText,
    undefined,
    "PEM file of the authorities that may sign Prometheus' certificate, instead of the system's.",
  ),
  prometheusCertFile: setting(
    'SLUICE_PROMETHEUS_CERT_FILE',
    optionalText,
    undefined,
    'PEM file of the certificate to show to Prometheus (mutual TLS).',
  ),
  prometheusKeyFile: setting('SLUICE_PROMETHEUS_KEY_FILE', optionalText, undefined, 'PEM file of its key.'),
  prometheusHeaders: secret(
    'SLUICE_PROMETHEUS_HEADERS',
    headers,
    {},
    'Headers of every request to Prometheus, as in X-Scope-OrgID=shop,X-Other=value.',
  ),
  prometheusTimeout: setting(
    'SLUICE_PROMETHEUS_TIMEOUT',
    timeout,
    '5s',
    'Time limit of a complete answer of Prometheus; 100ms to 1m.',
  ),
  prometheusMatchers: setting(
    'SLUICE_PROMETHEUS_MATCHERS',
    matchers,
    {},
    'Labels that every series of this cluster has, as in cluster=prod; for a Prometheus that holds several clusters.',
  ),
  traefikApiUrls: setting('SLUICE_TRAEFIK_API_URLS', urls, [], 'API of every Traefik replica, separated by commas.'),
  traefikApiPods: setting(
    'SLUICE_TRAEFIK_API_PODS',
    podSelector,
    undefined,
    'Traefik pods instead of URLs: namespace/label=value:port.',
  ),
  cluster: setting(
    'SLUICE_CLUSTER',
    optionalText,
    undefined,
    'Kubeconfig context of the cluster that the settings of Prometheus and Traefik describe. Needed when the kubeconfig leads to several clusters.',
  ),
  kubeconfig: setting(
    'SLUICE_KUBECONFIG',
    optionalText,
    undefined,
    'Kubeconfig; unset: KUBECONFIG, else the default file.',
  ),
  workerVersioning: setting(
    'SLUICE_WORKER_VERSIONING',
    z.enum(['off', 'pinned']),
    'off',
    'pinned: a release ends on the build of the worker that began it, so its workers have to run until then. off: any worker of the task queue carries it.',
  ),
  workerBuild: setting(
    'SLUICE_WORKER_BUILD',
    optionalBuild,
    undefined,
    'Name of the build of a worker with SLUICE_WORKER_VERSIONING=pinned; unset: version and digest of its workflow code.',
  ),
  taskQueue: setting('SLUICE_TASK_QUEUE', text, 'sluice', 'Temporal task queue of the worker.'),
  host: setting(
    'SLUICE_HOST',
    text,
    '127.0.0.1',
    'Address that the HTTP server binds to. Another one than loopback needs SLUICE_PUBLIC_URL, and authorization servers or keys.',
  ),
  ...ACCESS_SETTINGS,
  gatewayPort: setting(
    'SLUICE_GATEWAY_PORT',
    integer(0, 65535),
    8766,
    'Port of `sluice gateway`: MCP servers at /servers/<name>/mcp. 0 takes a free one.',
  ),
  mcpGateways: setting(
    'SLUICE_MCP_GATEWAYS',
    urls,
    ['http://127.0.0.1:8766'],
    'Addresses of every `sluice gateway` over HTTP, separated by commas; a release of an MCP server reads traffic and counters there.',
  ),
  gatewayKeyFile: setting(
    'SLUICE_GATEWAY_KEY_FILE',
    text,
    'gateway.key',
    'File with the keys of session ids and other handles, relative to SLUICE_HOME; made if missing. The same for all gateways.',
  ),
  ...GATEWAY_SETTINGS,
  ...STATUS_SETTINGS,
  logLevel: setting('SLUICE_LOG_LEVEL', logLevel, 'info', `Log level: ${LOG_LEVELS.join(', ')}.`),
  home: setting('SLUICE_HOME', text, '.sluice', 'Folder for settings.yaml and sandboxes.'),
} as const;

export type SettingKey = keyof typeof SETTINGS;
export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

type NamedSettings = { readonly [Key in SettingKey]: (typeof SETTINGS)[Key] extends Setting<infer T> ? T : never };

/** The settings of one cluster: how to query its Prometheus, and the addresses of its Traefik replicas' APIs. */
export type ClusterSettings = Pick<
  NamedSettings,
  Extract<SettingKey, `prometheus${string}`> | 'traefikApiUrls' | 'traefikApiPods'
>;

/**
 * One entry of the section `clusters`. Its problems make only its own cluster unusable, so they are not errors of the
 * file. Each problem begins with the path of its field.
 */
export type ClusterEntry = { readonly settings: ClusterSettings } | { readonly problems: readonly string[] };

/** By kubeconfig context. */
export type ClusterEntries = Readonly<Record<string, ClusterEntry>>;

export type Settings = NamedSettings & {
  readonly clusters: ClusterEntries;
  readonly windows: readonly Window[];
  readonly news: readonly NewsReceiver[];
  /** The section `access`. If absent, there are no rules. */
  readonly access?: AccessRules;
  /** The section `impersonate`. If absent, every request to Kubernetes is that of this process. */
  readonly impersonate?: readonly ImpersonationRule[];
};

/** The name of a setting in the settings file. */
export function fileKey(key: SettingKey): string {
  return SETTINGS[key].env.toLowerCase();
}
