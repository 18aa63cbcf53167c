import { metaOf, type ApiObject } from '../../cluster-objects/api-object.ts';
import type { Facts } from '../facts.ts';
import { containersOf, isSettled } from '../pod-view.ts';
import { evidence, plain, recognised, type Family, type Finding, type TextRule } from '../rule.ts';
import { describeObject, listStep } from '../steps.ts';

const reads = 'Pod status.containerStatuses[].state.waiting, and its events FailedMount';

const RULES: readonly TextRule[] = [
  {
    name: 'key-missing',
    means: 'A ConfigMap or Secret exists, and does not have the key that the pod asks for.',
    reads,
    next: 'Add the key, or correct its name.',
    pattern: /couldn't find key (\S+) in (ConfigMap|Secret) (\S+)|references non-existent (config|secret) key: (\S+)/i,
  },
  {
    name: 'config-map-missing',
    means: 'The pod names a ConfigMap that does not exist.',
    reads,
    next: 'Create the ConfigMap, or correct its name.',
    pattern: /configmaps? "([^"]+)" not found/i,
  },
  {
    name: 'secret-missing',
    means: 'The pod names a Secret that does not exist.',
    reads,
    next: 'Create the Secret, or correct its name.',
    pattern: /secrets? "([^"]+)" not found/i,
  },
  {
    name: 'config-invalid',
    means: 'The kubelet cannot make the configuration of the container.',
    reads,
    next: 'Read the text of the kubelet.',
    pattern: /CreateContainerConfigError/,
  },
];

export const configuration: Family = {
  name: 'ConfigMaps and Secrets',
  kinds: ['Pod'],
  rules: RULES,
  find(pod, facts) {
    if (isSettled(pod)) return [];
    return [...fromContainers(pod), ...fromMounts(pod, facts)].slice(0, 1);
  },
};

function fromContainers(pod: ApiObject): readonly Finding[] {
  return containersOf(pod).flatMap(({ waiting, path }) => {
    if (waiting?.reason !== 'CreateContainerConfigError') return [];
    return found(pod, `${path}.state.waiting`, `${waiting.reason}: ${waiting.message}`);
  });
}

/** A pod whose volumes cannot be mounted waits in ContainerCreating. Only its events say why. */
function fromMounts(pod: ApiObject, facts: Facts): readonly Finding[] {
  if (!isCreating(pod)) return [];
  return facts
    .events(pod)
    .filter(({ reason }) => reason === 'FailedMount')
    .flatMap(({ message }) => found(pod, 'event FailedMount', message));
}

export function isCreating(pod: ApiObject): boolean {
  const containers = containersOf(pod);
  return (
    metaOf(pod).deletionTimestamp === undefined &&
    containers.length > 0 &&
    containers.every(({ waiting }) => ['ContainerCreating', 'PodInitializing'].includes(waiting?.reason ?? ''))
  );
}

function found(pod: ApiObject, field: string, text: string): readonly Finding[] {
  const rule = recognised(RULES, text);
  if (!rule) return [];
  const { namespace } = metaOf(pod);
  const step =
    rule.name === 'config-map-missing'
      ? listStep('ConfigMap', '', namespace)
      : rule.name === 'secret-missing'
        ? listStep('Secret', '', namespace)
        : describeObject(pod);
  return [{ rule, object: pod, summary: plain(sentence(text), 250), evidence: [evidence(pod, field, text)], step }];
}

function sentence(text: string): string {
  return `The containers cannot be created: ${text.replace(/^CreateContainerConfigError: /, '')}`;
}
