import { readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { SETTINGS, type SettingKey, type Settings } from './schema.ts';

export type PrometheusSettings = Pick<Settings, Extract<SettingKey, `prometheus${string}`>>;
type Key = keyof PrometheusSettings;

/** The name of a setting in messages. */
type NameOf = (key: Key) => string;
const envName: NameOf = (key) => SETTINGS[key].env;

/** All contradictions between Prometheus' settings, and every file with invalid content. Empty if there are none. */
export function prometheusProblems(settings: PrometheusSettings, name = envName): readonly string[] {
  return [...credentialProblems(settings, name), ...pairProblems(settings, name), ...tlsProblems(settings, name)];
}

/** Each setting is a credential. Of two, only one would be sent, and it would be unclear which one. */
function credentialProblems(settings: PrometheusSettings, name: NameOf): string[] {
  const { prometheusUrl, prometheusHeaders } = settings;
  const url = prometheusUrl === undefined ? undefined : new URL(prometheusUrl);
  const given = [
    ...(['prometheusBearerToken', 'prometheusBearerTokenFile', 'prometheusUsername'] as const)
      .filter((key) => settings[key] !== undefined)
      .map(name),
    ...(Object.keys(prometheusHeaders).some((header) => header.toLowerCase() === 'authorization')
      ? [`Authorization in ${name('prometheusHeaders')}`]
      : []),
    ...(url && (url.username || url.password) ? [`the user in ${name('prometheusUrl')}`] : []),
  ];
  return given.length > 1 ? [`${given.join(' and ')} are each credentials for Prometheus: keep one of them`] : [];
}

/** Settings that need another setting, or exclude one. */
function pairProblems(settings: PrometheusSettings, name: NameOf): string[] {
  const has = (key: Key) => settings[key] !== undefined;
  const password = has('prometheusPassword') || has('prometheusPasswordFile');
  return [
    ...(has('prometheusUsername') && !password
      ? [`${name('prometheusUsername')} needs ${name('prometheusPassword')} or ${name('prometheusPasswordFile')}`]
      : []),
    ...(password && !has('prometheusUsername')
      ? [
          `${name(has('prometheusPassword') ? 'prometheusPassword' : 'prometheusPasswordFile')} needs ${name('prometheusUsername')}`,
        ]
      : []),
    ...(has('prometheusPassword') && has('prometheusPasswordFile')
      ? [`${name('prometheusPassword')} and ${name('prometheusPasswordFile')}: keep one of them`]
      : []),
    ...(has('prometheusCertFile') && !has('prometheusKeyFile')
      ? [`${name('prometheusCertFile')} needs ${name('prometheusKeyFile')}`]
      : []),
    ...(has('prometheusKeyFile') && !has('prometheusCertFile')
      ? [`${name('prometheusKeyFile')} needs ${name('prometheusCertFile')}`]
      : []),
  ];
}

const TLS_FILES = ['prometheusCaFile', 'prometheusCertFile', 'prometheusKeyFile'] as const;

function tlsProblems(settings: PrometheusSettings, name: NameOf): string[] {
  const files = [...(['prometheusBearerTokenFile', 'prometheusPasswordFile'] as const), ...TLS_FILES];
  const read = files.map((key) => ({ key, ...contentOf(settings[key]) }));
  const content = Object.fromEntries(read.map(({ key, text }) => [key, text])) as Partial<Record<Key, string>>;
  const plain =
    settings.prometheusUrl?.startsWith('http:') === true ? TLS_FILES.filter((key) => settings[key] !== undefined) : [];
  return [
    ...read.flatMap(({ key, problem }) => (problem === undefined ? [] : [`${name(key)}=${settings[key]}: ${problem}`])),
    ...plain.map(
      (key) =>
        `${name(key)} has no effect while ${name('prometheusUrl')} begins with http:// : use https://, or leave it out`,
    ),
    ...authorityProblem(settings, content.prometheusCaFile, name),
    ...certificateProblem(content.prometheusCertFile, content.prometheusKeyFile, name),
  ];
}

function contentOf(file: string | undefined): { text?: string; problem?: string } {
  if (file === undefined) return {};
  try {
    const text = readFileSync(file, 'utf8');
    return text.trim() === '' ? { problem: 'the file is empty' } : { text };
  } catch (error) {
    return { problem: `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})` };
  }
}

/** Node ignores a text that is not a certificate. It would then trust no authority, without a message. */
function authorityProblem({ prometheusCaFile }: PrometheusSettings, ca: string | undefined, name: NameOf): string[] {
  if (ca === undefined || attempt(() => new X509Certificate(ca)) === undefined) return [];
  return [`${name('prometheusCaFile')}=${prometheusCaFile}: holds no PEM certificate`];
}

function certificateProblem(cert: string | undefined, key: string | undefined, name: NameOf): string[] {
  if (cert === undefined || key === undefined) return [];
  const problem = attempt(() => tls().createSecureContext({ cert, key }));
  return problem === undefined
    ? []
    : [
        `${name('prometheusCertFile')} and ${name('prometheusKeyFile')} are not a certificate and its key in PEM: ${problem}`,
      ];
}

function attempt(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as Error).message.slice(0, 200);
  }
}

/** Every command reads the settings, and few have certificates. */
function tls() {
  return process.getBuiltinModule('node:tls');
}
