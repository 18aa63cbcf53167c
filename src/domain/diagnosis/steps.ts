import { metaOf, type ApiObject } from '../cluster-objects/api-object.ts';
import { type Step } from './rule.ts';
import { refOf, type ObjectRef } from '../cluster-objects/object-ref.ts';
import { type Labels, selectorText } from './facts.ts';

/** The name of a kind that no other group of a cluster can have: `Deployment.apps`, `Service.v1`. */
export function kindText({ kind, group }: Pick<ObjectRef, 'kind' | 'group'>): string {
  return `${kind}.${group === '' ? 'v1' : group}`;
}

const place = ({ namespace }: { readonly namespace?: string | undefined }) => (namespace ? { namespace } : {});

export function describeStep(ref: ObjectRef): Step {
  return { tool: 'k8s_describe', arguments: { kind: kindText(ref), ...place(ref), name: ref.name } };
}

export function describeObject(object: ApiObject): Step {
  return describeStep(refOf(object));
}

/** A part of an object. */
export function getStep(ref: ObjectRef, field: string): Step {
  return { tool: 'k8s_get', arguments: { kind: kindText(ref), ...place(ref), name: ref.name, field } };
}

export function listStep(kind: string, group: string, namespace?: string, selector?: Labels): Step {
  const labels = selectorText(selector);
  return {
    tool: 'k8s_list',
    arguments: { kind: kindText({ kind, group }), ...place({ namespace }), ...(labels && { label_selector: labels }) },
  };
}

export function logsStep(pod: ApiObject, container: string, previous: boolean): Step {
  const { namespace = '', name } = metaOf(pod);
  return { tool: 'k8s_logs', arguments: { namespace, name, container, ...(previous && { previous }) } };
}

/** The versions of a workload, for kinds that have them. Else its description. */
export function historyStep(workload: ApiObject): Step {
  const ref = refOf(workload);
  const rolled = ['Deployment', 'StatefulSet', 'DaemonSet'].includes(ref.kind);
  if (!rolled) return describeStep(ref);
  return {
    tool: 'k8s_rollout_history',
    arguments: { kind: kindText(ref), ...place(ref), name: ref.name },
  };
}

export function eventsStep(namespace: string): Step {
  return { tool: 'k8s_events', arguments: { namespace } };
}
