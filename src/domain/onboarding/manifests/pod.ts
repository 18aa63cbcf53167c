import type { ApiObject } from '../../cluster-objects/api-object.ts';
import type { Deployment } from '../deployment.ts';
import { selector, USER_ID } from './parts.ts';

const STARTUP_PERIOD_SECONDS = 2;

/** The pod template: user 1001, nothing writable but /tmp, no token, and pods of one name on several nodes. */
export function podTemplate(deployment: Deployment): ApiObject {
  return {
    metadata: { labels: selector(deployment) },
    spec: {
      serviceAccountName: deployment.name,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 30,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER_ID,
        runAsGroup: USER_ID,
        fsGroup: USER_ID,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      affinity: { podAntiAffinity: antiAffinity(deployment) },
      containers: [container(deployment)],
      volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
    },
  };
}

/** Preferred, not required: a cluster of one node still runs every replica. */
function antiAffinity(deployment: Deployment): ApiObject {
  const term = { labelSelector: { matchLabels: selector(deployment) }, topologyKey: 'kubernetes.io/hostname' };
  return { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
}

function container(deployment: Deployment): ApiObject {
  const { name, image, port, requests, limits } = deployment;
  const env = envOf(deployment);
  return {
    name,
    image,
    ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
    ...(env.length > 0 ? { env } : {}),
    resources: { requests: { ...requests }, limits: { ...limits } },
    ...probes(deployment),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  };
}

/** The environment as Kubernetes lists it. Secrets are references. */
export function envOf({ environment, secrets }: Deployment): readonly ApiObject[] {
  return [
    ...Object.entries(environment).map(([name, value]) => ({ name, value })),
    ...Object.entries(secrets).map(([name, { secret, key }]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
  ];
}

/** Until the startup probe has passed once, the others do not run, so a slow start is not a restart. */
function probes({ healthPath, startupSeconds }: Deployment): ApiObject {
  const check =
    healthPath === undefined ? { tcpSocket: { port: 'http' } } : { httpGet: { path: healthPath, port: 'http' } };
  const failureThreshold = Math.max(1, Math.ceil(startupSeconds / STARTUP_PERIOD_SECONDS));
  return {
    startupProbe: { ...check, periodSeconds: STARTUP_PERIOD_SECONDS, failureThreshold },
    readinessProbe: { ...check, periodSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...check, periodSeconds: 10, failureThreshold: 6 },
  };
}
