import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stringify } from 'yaml';

import type { PartCommand } from '../processes/part.ts';
import type { SandboxState } from '../processes/state.ts';
import { answers } from './answers.ts';
import { certificate, http, kubeconfigOf, loopback, portOf } from './layout.ts';

export function rolloutsController(stateDir: string, state: SandboxState): PartCommand {
  return {
    name: 'argo-rollouts',
    command: state.binaries['rollouts-controller']!,
    args: [
      `--kubeconfig=${kubeconfigOf(stateDir, 'argo-rollouts')}`,
      '--namespace=argo-rollouts',
      '--leader-elect=false',
      '--loglevel=info',
      '--qps=200',
      '--burst=400',
      `--metricsPort=${portOf(state, 'rollouts-metrics')}`,
      `--healthzPort=${portOf(state, 'rollouts-health')}`,
    ],
    url: `${http(state, 'rollouts-metrics')}/metrics`,
    ready: () => answers(`${http(state, 'rollouts-health')}/healthz`),
  };
}

/** More buckets than Traefik's default of four, so that a judge can use practical latency bounds. */
export const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.5, 5];

export function traefik(stateDir: string, state: SandboxState, replica: 1 | 2): PartCommand {
  const api = `traefik-${replica}-api`;
  return {
    name: `traefik-${replica}`,
    command: state.binaries['traefik']!,
    args: [
      '--global.checknewversion=false',
      '--log.level=INFO',
      '--ping=true',
      '--api.insecure=true',
      `--entrypoints.web.address=${loopback(state, `traefik-${replica}-web`)}`,
      `--entrypoints.traefik.address=${loopback(state, api)}`,
      '--metrics.prometheus=true',
      '--metrics.prometheus.addserviceslabels=true',
      '--metrics.prometheus.addrouterslabels=true',
      `--metrics.prometheus.buckets=${LATENCY_BUCKETS.join(',')}`,
      `--providers.kubernetescrd.endpoint=https://${loopback(state, 'api-server')}`,
      `--providers.kubernetescrd.token=${join(stateDir, 'traefik.token')}`,
      // A Service without ready pods must not disable the whole route.
      '--providers.kubernetescrd.allowemptyservices=true',
      // Routes and TraefikServices of different namespaces may refer to each other, as many installations allow.
      '--providers.kubernetescrd.allowcrossnamespace=true',
      // The pods' addresses are fictitious, and only a Service's own address can be reached. This covers Services that
      // an IngressRoute names. Those of a weighted TraefikService need nativeLB themselves (seen with Traefik 3.7.15).
      '--providers.kubernetescrd.nativelbbydefault=true',
      // It is set explicitly: metric labels stay <namespace>-<service>-<port>.
      '--providers.kubernetescrd.safenaming=false',
    ],
    env: { SSL_CERT_FILE: certificate(stateDir) },
    url: http(state, api),
    entryUrl: http(state, `traefik-${replica}-web`),
    ready: () => answers(`${http(state, api)}/ping`),
  };
}

function scrape(job: string, targets: string[]): object {
  return { job_name: job, static_configs: [{ targets }] };
}

export function prometheus(stateDir: string, state: SandboxState): PartCommand {
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: [
      scrape('traefik', [loopback(state, 'traefik-1-api'), loopback(state, 'traefik-2-api')]),
      scrape('argo-rollouts', [loopback(state, 'rollouts-metrics')]),
      // The load generator knows which pod answered. Applications have such metrics of their own.
      scrape('clients', [loopback(state, 'load')]),
    ],
  };
  const file = join(stateDir, 'prometheus.yml');
  writeFileSync(file, stringify(config));
  return {
    name: 'prometheus',
    command: state.binaries['prometheus']!,
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(stateDir, 'prometheus')}`,
      '--storage.tsdb.retention.time=6h',
      `--web.listen-address=${loopback(state, 'prometheus')}`,
      '--log.level=warn',
    ],
    url: http(state, 'prometheus'),
    ready: () => answers(`${http(state, 'prometheus')}/-/ready`),
  };
}
