import { textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import type { Facts } from '../facts.ts';
import { containersOf, isSettled, type ContainerView } from '../pod-view.ts';
import { evidence, plain, recognised, type Family, type Finding, type TextRule } from '../rule.ts';
import { describeObject } from '../steps.ts';

const reads = 'Pod status.containerStatuses[].state.waiting, and its events Failed';

const RULES: readonly TextRule[] = [
  {
    name: 'image-name-invalid',
    means: 'The name of the image cannot be parsed.',
    reads,
    next: 'Correct the name of the image.',
    pattern: /InvalidImageName|couldn't parse image|invalid reference format/i,
  },
  {
    name: 'image-never-pulled',
    means: 'The pull policy is Never, and the node does not have the image.',
    reads,
    next: 'Change imagePullPolicy, or load the image onto the node.',
    pattern: /ErrImageNeverPull|not present with pull policy of Never/i,
  },
  {
    name: 'image-platform',
    means: 'The image does not exist for the platform of the node.',
    reads,
    next: 'Build the image for the platform of the node, or select another node.',
    pattern: /no match(ing manifest)? for platform|no matching manifest for|exec format/i,
  },
  {
    name: 'image-rate-limit',
    means: 'The registry refuses further pulls for now.',
    reads,
    next: 'Pull with credentials, through a mirror, or later.',
    pattern: /toomanyrequests|\b429\b|rate limit/i,
  },
  {
    name: 'image-registry-tls',
    means: 'The node does not trust the certificate of the registry, or the registry does not speak TLS.',
    reads,
    next: 'Give the node the certificate authority of the registry, or configure the registry as insecure.',
    pattern: /x509|server gave HTTP response to HTTPS client|tls: /i,
  },
  {
    name: 'image-registry-unreachable',
    means: 'The node cannot reach the registry.',
    reads,
    next: 'Check the host name of the registry and the network of the node.',
    pattern:
      /no such host|connection refused|i\/o timeout|context deadline exceeded|network is unreachable|no route to host|connection reset|\b50[0234]\b|RegistryUnavailable/i,
  },
  {
    name: 'image-credentials',
    means: 'The registry refuses the pull: credentials are missing or wrong, or the repository does not exist.',
    reads,
    next: 'Check imagePullSecrets of the pod and its ServiceAccount, and the name of the repository.',
    pattern:
      /unauthorized|authentication required|access denied|authorization failed|forbidden|no basic auth|\b40[13]\b/i,
  },
  {
    name: 'image-not-found',
    means: 'The registry does not have the image or its tag.',
    reads,
    next: 'Correct the tag, or push the image.',
    pattern: /not found|does not exist|manifest unknown|NAME_UNKNOWN/i,
  },
  {
    name: 'image-pull',
    means: 'No text in the cluster says why the image cannot be pulled.',
    reads,
    next: 'Read the events of the pod, or pull the image on the node.',
    pattern: /./,
  },
];

const REASONS: readonly string[] = [
  ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable'],
  'ImageInspectError',
];

export const images: Family = {
  name: 'Images',
  kinds: ['Pod'],
  rules: RULES,
  find(pod, facts) {
    if (isSettled(pod)) return [];
    return containersOf(pod)
      .filter(({ waiting }) => waiting !== undefined && REASONS.includes(waiting.reason))
      .map((container) => found(pod, container, facts));
  },
};

function found(pod: ApiObject, container: ContainerView, facts: Facts): Finding {
  const { reason = '', message = '' } = container.waiting ?? {};
  const image = plain(textAt(container.spec, 'image') ?? '');
  const texts = [
    { field: `${container.path}.state.waiting`, value: `${reason}: ${message}` },
    ...facts
      .events(pod)
      .filter((event) => event.reason === 'Failed' && event.message.includes(image))
      .map((event) => ({ field: 'event Failed', value: event.message })),
  ];
  const says = texts.find(({ value }) => recognised(RULES.slice(0, -1), withoutImage(value, image)));
  const rule = recognised(RULES, says ? withoutImage(says.value, image) : '.') as TextRule;
  const shown = says && says !== texts[0] ? [texts[0], says] : [texts[0]];
  return {
    rule,
    object: pod,
    summary: `Image ${image} of container ${container.name} cannot be pulled. ${rule.means}`,
    evidence: shown.flatMap((one) => (one ? [evidence(pod, one.field, one.value)] : [])),
    step: describeObject(pod),
  };
}

/** The name of an image may contain a word that a rule looks for. */
function withoutImage(text: string, image: string): string {
  return image === '' ? text : text.replaceAll(image, '');
}
