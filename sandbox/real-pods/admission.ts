import type { ApiClient } from '../cluster/api-client.ts';
import { REAL_NODE, REAL_PODS } from './names.ts';

/** The policies below are beta in Kubernetes 1.34 and off by default. */
export const API_SERVER_ARGS = [
  '--feature-gates=MutatingAdmissionPolicy=true',
  '--runtime-config=admissionregistration.k8s.io/v1beta1=true',
];

/** A token of a pod is in a volume together with the certificate of the API server, which this one publishes. */
export const CONTROLLERS_OF_REAL_PODS = ['root-ca-certificate-publisher'];

const GROUP = '/apis/admissionregistration.k8s.io/v1beta1';
const TOLERATION = `{"key": "${REAL_PODS}", "operator": "Exists"}`;
const NAME = 'real-pods';

/** A pod is a real one if its images come from the registry of the sandbox. Its owner needs no field for this. */
const policy = (registry: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1beta1',
  kind: 'MutatingAdmissionPolicy',
  metadata: { name: NAME },
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    matchConditions: [
      { name: 'image', expression: `object.spec.containers.exists(one, one.image.startsWith("${registry}/"))` },
    ],
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    mutations: [
      {
        patchType: 'JSONPatch',
        jsonPatch: {
          expression: `[
  JSONPatch{op: "add", path: "/spec/nodeSelector", value: {"${REAL_PODS}": "real"}},
  has(object.spec.tolerations)
    ? JSONPatch{op: "add", path: "/spec/tolerations/-", value: ${TOLERATION}}
    : JSONPatch{op: "add", path: "/spec/tolerations", value: [${TOLERATION}]}
]`,
        },
      },
    ],
  },
});

const binding = {
  apiVersion: 'admissionregistration.k8s.io/v1beta1',
  kind: 'MutatingAdmissionPolicyBinding',
  metadata: { name: NAME },
  spec: { policyName: NAME },
};

interface Node {
  spec: { taints?: { key: string }[] };
  status?: { conditions?: { type: string; status: string }[] };
}

export async function applyAdmission(api: ApiClient, registry: string): Promise<void> {
  await api.apply(`${GROUP}/mutatingadmissionpolicies/${NAME}`, policy(registry));
  await api.apply(`${GROUP}/mutatingadmissionpolicybindings/${NAME}`, binding);
}

export async function isNodeReady(api: ApiClient): Promise<boolean> {
  const node = await api.find<Node>(`/api/v1/nodes/${REAL_NODE}`);
  return node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** No node controller runs here that would remove the taint of a node that was not ready at first. */
export async function admitPods(api: ApiClient): Promise<void> {
  const { spec } = await api.get<Node>(`/api/v1/nodes/${REAL_NODE}`);
  const taints = (spec.taints ?? []).filter(({ key }) => key === REAL_PODS);
  await api.patch(`/api/v1/nodes/${REAL_NODE}`, { spec: { taints } });
}
