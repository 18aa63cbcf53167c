import { metaOf } from '../../../src/domain/cluster-objects/api-object.ts';
import type { DiagnosisCase } from '../../support/diagnosis/case.ts';
import type { CaseStage } from '../../support/diagnosis/case-stage.ts';
import { deployment, job, template } from '../../support/diagnosis/manifests.ts';

/** The real API server refuses the pods, and the real controller says so. */
async function refused(stage: CaseStage, options: Parameters<typeof deployment>[1] = {}): Promise<void> {
  await stage.apply(deployment('web', options));
  await stage.condition('Deployment', 'web', 'ReplicaFailure', 'True');
}

async function quota(stage: CaseStage, hard: object): Promise<void> {
  await stage.apply({ kind: 'ResourceQuota', metadata: { name: 'team' }, spec: { hard } });
  await stage.until('ResourceQuota', 'team', ({ status }) => status !== undefined && 'hard' in (status as object));
}

export const CREATION_CASES: readonly DiagnosisCase[] = [
  {
    name: 'the quota of the namespace is used up',
    ask: 'Deployment/web',
    expected: ['quota-exceeded'],
    make: async (stage) => {
      await quota(stage, { pods: '0' });
      await refused(stage);
    },
  },
  {
    name: 'the quota asks for limits',
    ask: 'Deployment/web',
    expected: ['quota-needs-limits'],
    make: async (stage) => {
      await quota(stage, { 'limits.cpu': '2' });
      await refused(stage);
    },
  },
  {
    name: 'a LimitRange forbids the memory of the pod',
    ask: 'Deployment/web',
    expected: ['limit-range'],
    make: async (stage) => {
      const limits = [{ type: 'Container', max: { memory: '64Mi' } }];
      await stage.apply({ kind: 'LimitRange', metadata: { name: 'small' }, spec: { limits } });
      await refused(stage, { container: { resources: { limits: { memory: '128Mi' } } } });
    },
  },
  {
    name: 'the Pod Security Standard of the namespace forbids the pod',
    ask: 'Deployment/web',
    expected: ['pod-security'],
    make: async (stage) => {
      await stage.patch('Namespace', stage.namespace, {
        metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
      });
      await refused(stage, { spec: { hostNetwork: true } });
    },
  },
  {
    name: 'an admission policy refuses the pod',
    ask: 'Deployment/web',
    expected: ['admission-policy'],
    make: async (stage) => {
      const name = `no-latest-${stage.namespace}`;
      const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
      const matchLabels = { 'kubernetes.io/metadata.name': stage.namespace };
      await stage.apply(
        {
          kind: 'ValidatingAdmissionPolicy',
          metadata: { name },
          spec: {
            matchConstraints: { resourceRules, namespaceSelector: { matchLabels } },
            validations: [{ expression: "object.metadata.labels.app != 'web'", message: 'web is not allowed here' }],
          },
        },
        {
          kind: 'ValidatingAdmissionPolicyBinding',
          metadata: { name },
          spec: { policyName: name, validationActions: ['Deny'] },
        },
      );
      await deniedAtLast(stage);
    },
  },
  {
    name: 'the ServiceAccount does not exist',
    ask: 'DaemonSet/agent',
    expected: ['service-account-missing'],
    // The sandbox admits pods without a ServiceAccount, and has no controller of DaemonSets.
    make: async (stage) => {
      const spec = {
        selector: { matchLabels: { app: 'agent' } },
        template: template('agent', { spec: { serviceAccountName: 'agent' } }),
      };
      const status = {
        currentNumberScheduled: 0,
        desiredNumberScheduled: 3,
        numberMisscheduled: 0,
        numberReady: 0,
        observedGeneration: 1,
      };
      await stage.apply({ kind: 'DaemonSet', metadata: { name: 'agent' }, spec, status });
      const message = `Error creating: pods "agent-" is forbidden: error looking up service account ${stage.namespace}/agent: serviceaccount "agent" not found`;
      await stage.event(await stage.get('DaemonSet', 'agent'), 'FailedCreate', message);
    },
  },
  {
    name: 'the quota does not allow the pod of a Job',
    ask: 'Job/import',
    expected: ['quota-exceeded'],
    make: async (stage) => {
      await quota(stage, { pods: '0' });
      await stage.apply(job('import'));
      await stage.untilEvent('FailedCreate');
    },
  },
];

/** A policy takes effect a moment after it was written. Until then pods are created. */
async function deniedAtLast(stage: CaseStage): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    await stage.apply(deployment('web'));
    const made = await stage
      .until('Deployment', 'web', ({ status }) => {
        const { conditions = [], replicas = 0 } = (status ?? {}) as {
          conditions?: { type: string }[];
          replicas?: number;
        };
        return replicas > 0 || conditions.some(({ type }) => type === 'ReplicaFailure');
      })
      .then(metaOf);
    const now = await stage.get('Deployment', made.name);
    if (((now['status'] ?? {}) as { replicas?: number }).replicas === undefined) return;
    await stage.remove('Deployment', 'web');
  }
}
