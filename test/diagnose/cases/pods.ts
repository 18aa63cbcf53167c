import { metaOf } from '../../../src/domain/cluster-objects/api-object.ts';
import type { DiagnosisCase } from '../../support/diagnosis/case.ts';
import type { CaseStage } from '../../support/diagnosis/case-stage.ts';
import { crashing, podStatus, READY, running, terminated, waiting } from '../../support/diagnosis/kubelet.ts';
import { deployment } from '../../support/diagnosis/manifests.ts';

/** A Deployment whose pod has this status, with events of it. */
async function web(
  stage: CaseStage,
  status: object,
  options: Parameters<typeof deployment>[1] = {},
  events: readonly (readonly [string, string])[] = [],
): Promise<string> {
  await stage.apply(deployment('web', { node: stage.kubelet.node, ...options }));
  const [pod] = await stage.pods('web', options.replicas ?? 1, status);
  for (const [reason, message] of events) if (pod) await stage.event(pod, reason, message);
  return pod ? metaOf(pod).name : '';
}

const IMAGE = 'registry.example.com/shop/web:v9';
const pulling = (text: string, reason = 'ImagePullBackOff') =>
  [
    podStatus([{ state: waiting(reason, `Back-off pulling image "${IMAGE}"`) }]),
    { container: { image: IMAGE } },
    [['Failed', `Failed to pull image "${IMAGE}": ${text}`]],
  ] as const;
const config = (message: string) => podStatus([{ state: waiting('CreateContainerConfigError', message) }]);
const creating = podStatus([{ state: waiting('ContainerCreating') }]);
const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 5 };
const REFUSED = 'Get "http://10.1.2.3:8080/healthz": dial tcp 10.1.2.3:8080: connect: connection refused';

export const POD_CASES: readonly DiagnosisCase[] = [
  {
    name: 'the tag of an image does not exist',
    ask: 'Deployment/web',
    expected: ['image-not-found'],
    make: async (stage) => {
      const text = `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`;
      await web(stage, ...pulling(text));
    },
  },
  {
    name: 'the registry is away',
    ask: 'Deployment/web',
    expected: ['image-registry-unreachable'],
    make: async (stage) => {
      const text = `failed to do request: Head "https://registry.example.com/v2/shop/web/manifests/v9": dial tcp: lookup registry.example.com on 10.96.0.10:53: no such host`;
      await web(stage, ...pulling(text, 'ErrImagePull'));
    },
  },
  {
    name: 'the registry wants credentials',
    ask: 'Deployment/web',
    expected: ['image-credentials'],
    make: async (stage) => {
      const text =
        'failed to resolve reference: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';
      await web(stage, ...pulling(text));
    },
  },
  {
    name: 'a container crashes, and its last line says why',
    ask: 'Deployment/web',
    expected: ['crash-loop'],
    make: async (stage) => {
      const name = await web(stage, podStatus([crashing(1)]));
      stage.kubelet.logs.set(`${stage.namespace}/${name}/app`, 'starting\nError: DATABASE_URL is not set\n');
    },
  },
  {
    name: 'a container uses more memory than its limit',
    ask: 'Deployment/web',
    expected: ['out-of-memory'],
    make: async (stage) => {
      const container = { resources: { limits: { memory: '64Mi' } } };
      await web(stage, podStatus([crashing(137, 'OOMKilled')]), { container });
    },
  },
  {
    name: 'a readiness probe fails',
    ask: 'Deployment/web',
    expected: ['readiness-probe'],
    make: async (stage) => {
      const status = podStatus([{ state: running(60), started: true }], { phase: 'Running' });
      await web(stage, status, { container: { readinessProbe: probe } }, [
        ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'],
      ]);
    },
  },
  {
    name: 'a liveness probe ends the container again and again',
    ask: 'Deployment/web',
    expected: ['liveness-probe'],
    make: async (stage) => {
      await web(stage, podStatus([crashing(137)]), { container: { livenessProbe: probe } }, [
        ['Unhealthy', `Liveness probe failed: ${REFUSED}`],
        ['Killing', 'Container app failed liveness probe, will be restarted'],
      ]);
    },
  },
  {
    name: 'a startup probe is never passed',
    ask: 'Deployment/web',
    expected: ['startup-probe'],
    make: async (stage) => {
      const status = podStatus([{ state: running(20), started: false }], { phase: 'Running' });
      await web(stage, status, { container: { startupProbe: probe } }, [
        ['Unhealthy', `Startup probe failed: ${REFUSED}`],
      ]);
    },
  },
  {
    name: 'a variable comes from a ConfigMap that does not exist',
    ask: 'Deployment/web',
    expected: ['config-map-missing'],
    make: async (stage) => void (await web(stage, config('configmap "web-settings" not found'))),
  },
  {
    name: 'a variable comes from a Secret that does not exist',
    ask: 'Deployment/web',
    expected: ['secret-missing'],
    make: async (stage) => void (await web(stage, config('secret "web-db" not found'))),
  },
  {
    name: 'a Secret does not have the key',
    ask: 'Deployment/web',
    expected: ['key-missing'],
    make: async (stage) => {
      await web(stage, config(`couldn't find key password in Secret ${stage.namespace}/web-db`));
    },
  },
  {
    name: 'a volume comes from a ConfigMap that does not exist',
    ask: 'Deployment/web',
    expected: ['config-map-missing'],
    make: async (stage) => {
      await web(stage, creating, {}, [
        ['FailedMount', 'MountVolume.SetUp failed for volume "settings" : configmap "web-settings" not found'],
      ]);
    },
  },
  {
    name: 'a volume comes from a Secret that does not exist',
    ask: 'Deployment/web',
    expected: ['secret-missing'],
    make: async (stage) => {
      await web(stage, creating, {}, [
        ['FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found'],
      ]);
    },
  },
  {
    name: 'an init container fails',
    ask: 'Deployment/web',
    expected: ['init-container-fails'],
    make: async (stage) => {
      const init = { ...crashing(3), name: 'migrate' };
      const status = podStatus([{ state: waiting('PodInitializing') }], {}, [init]);
      const name = await web(stage, status, { spec: { initContainers: [{ name: 'migrate', image: 'shop:v1' }] } });
      stage.kubelet.logs.set(`${stage.namespace}/${name}/migrate`, 'migration 12 failed: column exists\n');
    },
  },
  {
    name: 'the command does not exist in the image',
    ask: 'Deployment/web',
    expected: ['container-cannot-start'],
    make: async (stage) => {
      const message =
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: exec: "serve": executable file not found in $PATH: unknown';
      const app = {
        state: waiting('RunContainerError', message),
        lastState: terminated(128, 'StartError', message),
        restartCount: 2,
      };
      await web(stage, podStatus([app]));
    },
  },
  {
    name: 'the program ends by itself',
    ask: 'Deployment/web',
    expected: ['container-ends'],
    make: async (stage) => void (await web(stage, podStatus([crashing(0, 'Completed')]))),
  },
  {
    name: 'of two pods one crashes',
    ask: 'namespace',
    expected: ['crash-loop'],
    make: async (stage) => {
      await web(stage, podStatus([READY]), { replicas: 2 });
      const [first] = await stage.list('Pod', 'app=web');
      if (first) await stage.status('Pod', metaOf(first).name, podStatus([crashing(2)]));
    },
  },
];
