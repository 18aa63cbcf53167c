import { loadHost } from '../load/config.ts';
import type { ApplicationSpec } from '../types.ts';

export const PORT = 8080;

export type CompleteSpec = ApplicationSpec & { namespace: string; steps: number[]; replicas: number; image: string };

export function complete(app: ApplicationSpec): CompleteSpec {
  return {
    ...app,
    namespace: app.namespace ?? 'shop',
    steps: app.steps ?? [5, 25, 50],
    replicas: app.replicas ?? 2,
    image: app.image ?? 'shop:v1',
  };
}

export interface AppObject {
  path: string;
  object: { apiVersion: string; kind: string; metadata: { name: string; namespace: string }; spec: object };
}

/** Names of the two Services of an application: the current version's, and the new version's. */
export function serviceNames(app: ApplicationSpec): [current: string, next: string] {
  return app.strategy === 'canary'
    ? [`${app.name}-stable`, `${app.name}-canary`]
    : [`${app.name}-active`, `${app.name}-preview`];
}

function strategy(app: CompleteSpec): object {
  const [current, next] = serviceNames(app);
  // 5 s instead of 30, because each rollback test would otherwise wait half a minute.
  if (app.strategy === 'blue-green') {
    return {
      blueGreen: {
        activeService: current,
        previewService: next,
        autoPromotionEnabled: false,
        abortScaleDownDelaySeconds: 5,
        scaleDownDelaySeconds: 5,
      },
    };
  }
  return {
    canary: {
      stableService: current,
      canaryService: next,
      abortScaleDownDelaySeconds: 5,
      trafficRouting: { traefik: { weightedTraefikServiceName: app.name } },
      steps: app.steps.flatMap((weight) => [{ setWeight: weight }, { pause: {} }]),
    },
  };
}

function place(
  apiVersion: string,
  plural: string,
  kind: string,
  name: string,
  namespace: string,
  spec: object,
): AppObject {
  const base = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return {
    path: `${base}/namespaces/${namespace}/${plural}/${name}`,
    object: { apiVersion, kind, metadata: { name, namespace }, spec },
  };
}

function service(app: CompleteSpec, name: string): AppObject {
  return place('v1', 'services', 'Service', name, app.namespace, {
    selector: { app: app.name },
    ports: [{ name: app.protocol ?? 'http', port: PORT, targetPort: PORT }],
  });
}

function rollout(app: CompleteSpec): AppObject {
  return place('argoproj.io/v1alpha1', 'rollouts', 'Rollout', app.name, app.namespace, {
    replicas: app.replicas,
    revisionHistoryLimit: 3,
    progressDeadlineSeconds: 600,
    selector: { matchLabels: { app: app.name } },
    ...(app.workloadRef
      ? { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app.name } }
      : { template: template(app) }),
    strategy: strategy(app),
  });
}

function template(app: CompleteSpec): object {
  return {
    metadata: { labels: { app: app.name } },
    spec: {
      terminationGracePeriodSeconds: 5,
      containers: [{ name: 'app', image: app.image, ports: [{ containerPort: PORT }], ...(app.realPods && PROBE) }],
    },
  };
}

/** A pretended pod is ready when its image says so. */
const PROBE = { readinessProbe: { httpGet: { path: '/healthz', port: PORT }, periodSeconds: 1 } };

function deployment(app: CompleteSpec): AppObject {
  return place('apps/v1', 'deployments', 'Deployment', app.name, app.namespace, {
    replicas: 0,
    selector: { matchLabels: { app: app.name } },
    template: template(app),
  });
}

function traefikService(app: CompleteSpec): AppObject {
  const [current, next] = serviceNames(app);
  // nativeLB is needed for pretended pods: their addresses are fictitious, and only the Service's own address can be
  // reached. Real pods are reached directly, as in a cluster.
  const scheme = app.protocol === 'grpc' ? { scheme: 'h2c' } : {};
  const entry = (name: string, weight: number): object => ({
    name,
    port: PORT,
    weight,
    nativeLB: !app.realPods,
    ...scheme,
  });
  return place('traefik.io/v1alpha1', 'traefikservices', 'TraefikService', app.name, app.namespace, {
    weighted: { services: [entry(current, 100), entry(next, 0)] },
  });
}

function ingressRoute(app: CompleteSpec): AppObject {
  const match = `Host(\`${loadHost(app.name, app.namespace)}\`)`;
  return place('traefik.io/v1alpha1', 'ingressroutes', 'IngressRoute', app.name, app.namespace, {
    entryPoints: ['web'],
    routes: [{ kind: 'Rule', match, services: [{ kind: 'TraefikService', name: app.name }] }],
  });
}

/** All objects of an application, in the order of creation. They are deleted in the reverse order. */
export function objectsOf(app: CompleteSpec): AppObject[] {
  const [current, next] = serviceNames(app);
  const workload = app.workloadRef ? [deployment(app)] : [];
  return [service(app, current), service(app, next), traefikService(app), ...workload, rollout(app), ingressRoute(app)];
}
