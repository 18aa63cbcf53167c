import { metaOf } from '../../../src/domain/cluster-objects/api-object.ts';
import type { DiagnosisCase } from '../../support/diagnosis/case.ts';
import type { CaseStage } from '../../support/diagnosis/case-stage.ts';
import { crashing, podStatus, READY, running, terminated, waiting } from '../../support/diagnosis/kubelet.ts';
import { claim, deployment, job, service, statefulSet, template } from '../../support/diagnosis/manifests.ts';

// Written from public documentation and reports of what such objects look like. No rule was changed for one of them.

async function web(stage: CaseStage, status: object, options: Parameters<typeof deployment>[1] = {}, message?: string) {
  await stage.apply(deployment('web', { node: stage.kubelet.node, ...options }));
  const [pod] = await stage.pods('web', 1, status);
  if (pod && message !== undefined) await stage.event(pod, 'Failed', message);
}

const pull =
  (message: string, state = 'ErrImagePull') =>
  async (stage: CaseStage) => {
    const image = 'ghcr.io/my-org/backend-service:latest';
    await web(stage, podStatus([{ state: waiting(state, message) }]), { container: { image } }, message);
  };

const unscheduled = (message: string) => async (stage: CaseStage) => {
  await stage.apply(deployment('web', { spec: { schedulerName: 'elsewhere' } }));
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  await stage.pods('web', 1, { phase: 'Pending', conditions });
};

const creating = (reason: string, message: string) => async (stage: CaseStage) => {
  await stage.apply(deployment('web', { node: stage.kubelet.node }));
  const [pod] = await stage.pods('web', 1, podStatus([{ state: waiting('ContainerCreating') }]));
  if (pod) await stage.event(pod, reason, message);
};

export const HELD_OUT_PODS: readonly DiagnosisCase[] = [
  {
    name: 'a private registry answers 401',
    ask: 'Deployment/web',
    expected: ['image-credentials'],
    make: pull(
      'rpc error: code = Unknown desc = failed to pull and unpack image: failed to resolve reference "ghcr.io/my-org/backend-service:latest": pulling from host ghcr.io failed with status code [manifests]: 401 Unauthorized',
    ),
  },
  {
    name: 'the manifest of an image is unknown',
    ask: 'Deployment/web',
    expected: ['image-not-found'],
    make: pull(
      'rpc error: code = NotFound desc = failed to pull and unpack image: manifest for ghcr.io/my-org/backend-service:latest not found: manifest unknown',
      'ImagePullBackOff',
    ),
  },
  {
    name: 'a registry limits the rate of pulls',
    ask: 'Deployment/web',
    expected: ['image-rate-limit'],
    make: pull(
      'failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/redis/manifests/7: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
    ),
  },
  {
    name: 'an image is for another processor',
    ask: 'Deployment/web',
    expected: ['image-platform'],
    make: pull(
      'rpc error: code = NotFound desc = failed to pull and unpack image: no match for platform in manifest: not found',
    ),
  },
  {
    name: 'the image of an init container does not exist',
    ask: 'Deployment/web',
    expected: ['image-not-found'],
    make: async (stage) => {
      const init = {
        name: 'wait',
        state: waiting(
          'ImagePullBackOff',
          'Back-off pulling image "busybox:9": ErrImagePull: docker.io/library/busybox:9: not found',
        ),
      };
      const status = podStatus([{ state: waiting('PodInitializing') }], {}, [init]);
      await web(stage, status, { spec: { initContainers: [{ name: 'wait', image: 'busybox:9' }] } });
    },
  },
  {
    name: 'volumes are in another zone, and the master has a taint',
    ask: 'Deployment/web',
    expected: ['volume-node-conflict'],
    make: unscheduled(
      "0/3 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate, 2 node(s) had volume node affinity conflict.",
    ),
  },
  {
    name: 'the only node is unreachable',
    ask: 'Deployment/web',
    expected: ['nodes-not-ready'],
    make: unscheduled(
      '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    ),
  },
  {
    name: 'of 55 nodes those with the labels are full',
    ask: 'Deployment/web',
    expected: ['unschedulable-resources'],
    make: unscheduled(
      "0/55 nodes are available: 19 Insufficient cpu, 36 node(s) didn't match Pod's node affinity/selector.",
    ),
  },
  {
    name: 'the network plugin fails',
    ask: 'Deployment/web',
    expected: ['pod-sandbox'],
    make: creating(
      'FailedCreatePodSandBox',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to set up sandbox container "3fe33199" network for pod "kafka-0": networkPlugin cni failed to set up pod "kafka-0_default" network: netplugin failed with no error message',
    ),
  },
  {
    name: 'a volume is attached to another node',
    ask: 'Deployment/web',
    expected: ['volume-in-use'],
    make: creating(
      'FailedAttachVolume',
      'Multi-Attach error for volume "pvc-7b1c" Volume is already used by pod(s) web-7d4b9c-x2x7q',
    ),
  },
  {
    name: 'a ConfigMap lacks the key of a variable',
    ask: 'Deployment/web',
    expected: ['key-missing'],
    make: async (stage) => {
      const state = waiting(
        'CreateContainerConfigError',
        `couldn't find key LOG_LEVEL in ConfigMap ${stage.namespace}/settings`,
      );
      await web(stage, podStatus([{ state }]));
    },
  },
  {
    name: 'the kubelet has evicted a pod',
    ask: 'Pod/batch',
    expected: ['pod-evicted'],
    make: async (stage) => {
      const { metadata, spec } = template('batch', { node: stage.kubelet.node });
      await stage.apply({ kind: 'Pod', metadata: { name: 'batch', ...metadata }, spec });
      const message =
        'The node was low on resource: ephemeral-storage. Threshold quantity: 10120387530, available: 7850152Ki. ';
      await stage.status('Pod', 'batch', { phase: 'Failed', reason: 'Evicted', message });
    },
  },
  {
    name: 'a readiness gate of a load balancer is not set',
    ask: 'Deployment/web',
    expected: ['readiness-gate'],
    make: async (stage) => {
      const status = podStatus([READY], { phase: 'Running' });
      const message =
        'corresponding condition of pod readiness gate "target-health.elbv2.k8s.aws/k8s-web" does not exist.';
      const conditions = status.conditions.map((one) =>
        one.type === 'Ready' ? { ...one, status: 'False', reason: 'ReadinessGatesNotReady', message } : one,
      );
      const readinessGates = [{ conditionType: 'target-health.elbv2.k8s.aws/k8s-web' }];
      await web(stage, { ...status, conditions }, { spec: { readinessGates } });
    },
  },
  {
    name: 'a segmentation fault, seen from the Service',
    ask: 'Service/web',
    expected: ['crash-loop'],
    make: async (stage) => {
      await stage.apply(service('web', { app: 'web' }));
      await web(stage, podStatus([crashing(139)]));
    },
  },
  {
    name: 'an admission webhook is away',
    ask: 'DaemonSet/agent',
    expected: ['admission-webhook-away'],
    make: async (stage) => {
      const spec = { selector: { matchLabels: { app: 'agent' } }, template: template('agent') };
      const status = { currentNumberScheduled: 0, desiredNumberScheduled: 2, numberMisscheduled: 0, numberReady: 0 };
      await stage.apply({ kind: 'DaemonSet', metadata: { name: 'agent' }, spec, status });
      await stage.event(
        await stage.get('DaemonSet', 'agent'),
        'FailedCreate',
        'Error creating: Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/validate/fail?timeout=10s": dial tcp 10.96.12.7:443: connect: connection refused',
      );
    },
  },
  {
    name: 'the claims of a StatefulSet have a class that does not exist',
    ask: 'StatefulSet/db',
    expected: ['storage-class-missing'],
    make: async (stage) => {
      const { metadata, spec } = claim('data', { storageClassName: 'premium' });
      const volumeMounts = [{ name: 'data', mountPath: '/data' }];
      await stage.apply(
        statefulSet('db', { container: { volumeMounts }, more: { volumeClaimTemplates: [{ metadata, spec }] } }),
      );
      await stage.untilEvent('ProvisioningFailed');
      await stage.untilEvent('FailedScheduling');
    },
  },
  {
    name: 'the last Job of a CronJob has failed',
    ask: 'CronJob/nightly',
    expected: ['container-failed'],
    make: async (stage) => {
      const jobTemplate = { spec: job('nightly')['spec'] };
      await stage.apply({
        kind: 'CronJob',
        metadata: { name: 'nightly' },
        spec: { schedule: '0 3 1 1 *', jobTemplate },
      });
      const { uid } = metaOf(await stage.get('CronJob', 'nightly'));
      const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid, controller: true };
      const run = job('nightly', { node: stage.kubelet.node, more: { backoffLimit: 0 } });
      await stage.apply({ ...run, metadata: { name: 'nightly-1', ownerReferences: [owner] } });
      await stage.pods('nightly', 1, podStatus([{ state: terminated(1) }], { phase: 'Failed' }));
      await stage.condition('Job', 'nightly-1', 'Failed', 'True');
    },
  },
];

export const HELD_OUT_HEALTHY: readonly DiagnosisCase[] = [
  {
    name: 'a pod has just been started, and its probe has time left',
    ask: 'Deployment/web',
    expected: [],
    make: (stage) =>
      web(stage, podStatus([{ state: running(2), started: true }], { phase: 'Running' }), {
        container: { readinessProbe: { tcpSocket: { port: 5432 }, initialDelaySeconds: 30 } },
      }),
  },
  {
    name: 'a Service has addresses of its own',
    ask: 'Service/db',
    expected: [],
    make: (stage) => stage.apply({ kind: 'Service', metadata: { name: 'db' }, spec: { ports: [{ port: 5432 }] } }),
  },
  {
    name: 'an old failed Job lies beside a newer one that is complete',
    ask: 'CronJob/nightly',
    expected: [],
    make: async (stage) => {
      const jobTemplate = { spec: job('nightly')['spec'] };
      await stage.apply({
        kind: 'CronJob',
        metadata: { name: 'nightly' },
        spec: { schedule: '0 3 1 1 *', jobTemplate },
      });
      const { uid } = metaOf(await stage.get('CronJob', 'nightly'));
      const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid, controller: true }];
      const run = (app: string) => ({
        ...job(app, { node: stage.kubelet.node, more: { backoffLimit: 0 } }),
        metadata: { name: app, ownerReferences },
      });
      await stage.apply(run('first'));
      await stage.pods('first', 1, podStatus([{ state: terminated(1) }], { phase: 'Failed' }));
      await stage.condition('Job', 'first', 'Failed', 'True');
      const { creationTimestamp: before } = metaOf(await stage.get('Job', 'first'));
      // The API server keeps whole seconds, and the newest Job counts.
      await stage.until('Job', 'first', () => Date.now() - Date.parse(before ?? '') > 1100);
      await stage.apply(run('second'));
      await stage.pods('second', 1, podStatus([{ state: terminated(0, 'Completed') }], { phase: 'Succeeded' }));
      await stage.condition('Job', 'second', 'Complete', 'True');
    },
  },
];
