import type { MetricsOptions, Secret } from './evidence.ts';
import type { PrometheusSettings } from '../../config/prometheus.ts';
import { toMs } from '../../contract/duration.ts';

/** How to reach Prometheus, from settings without contradictions (src/config/prometheus.ts). */
export function prometheusOptions(settings: Partial<PrometheusSettings>): MetricsOptions {
  const { prometheusUrl: url, prometheusTimeout, prometheusHeaders: headers, prometheusUsername: username } = settings;
  const bearerToken = secretOf(settings.prometheusBearerToken, settings.prometheusBearerTokenFile);
  const password = secretOf(settings.prometheusPassword, settings.prometheusPasswordFile);
  return {
    ...(url !== undefined && { url }),
    ...(prometheusTimeout !== undefined && { timeoutMs: toMs(prometheusTimeout) }),
    ...(headers && { headers }),
    ...(settings.prometheusMatchers && { matchers: settings.prometheusMatchers }),
    ...(bearerToken && { bearerToken }),
    ...(username !== undefined && password && { basic: { username, password } }),
    ...tls(settings),
  };
}

function secretOf(value: string | undefined, file: string | undefined): Secret | undefined {
  if (value !== undefined) return { value };
  return file === undefined ? undefined : { file };
}

function tls({
  prometheusCaFile: caFile,
  prometheusCertFile: certFile,
  prometheusKeyFile: keyFile,
}: Partial<PrometheusSettings>): Pick<MetricsOptions, 'tls'> {
  if ((caFile ?? certFile) === undefined) return {};
  return {
    tls: {
      ...(caFile !== undefined && { caFile }),
      ...(certFile !== undefined && { certFile }),
      ...(keyFile !== undefined && { keyFile }),
    },
  };
}

/** The identity that Sluice presents to Prometheus, as text for people, without secrets. */
export function shownAs(settings: PrometheusSettings): string {
  const parts = [
    settings.prometheusBearerToken !== undefined ? 'a bearer token' : undefined,
    settings.prometheusBearerTokenFile !== undefined ? 'the bearer token of a file' : undefined,
    settings.prometheusUsername === undefined ? undefined : `user ${settings.prometheusUsername}`,
    settings.prometheusCertFile === undefined ? undefined : 'a client certificate',
    Object.keys(settings.prometheusHeaders).length === 0
      ? undefined
      : `headers ${Object.keys(settings.prometheusHeaders).join(', ')}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : ` with ${parts.join(', ')}`;
}
