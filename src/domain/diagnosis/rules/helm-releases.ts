import { metaOf, numberAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { isSuspended } from '../../flux/suspension.ts';
import { condition, conditionText } from '../../cluster-objects/conditions.ts';
import { refOf } from '../../cluster-objects/object-ref.ts';
import { evidence, recognised, textRules, type Family, type Finding, type Rule, type TextRule } from '../rule.ts';
import { eventsStep, getStep } from '../steps.ts';
import { fluxFinding, notReady } from './flux-status.ts';
import { sourceMissing } from './flux-kustomizations.ts';

const reads = 'HelmRelease status.conditions[Ready, Released, Stalled, TestSuccess, Remediated]';

const rule = textRules(reads);

const RULES: readonly TextRule[] = [
  rule(
    'helm-hook-failed',
    /(pre|post)-(install|upgrade|rollback|delete) hooks? failed|hook .* failed|failed (pre|post)-(install|upgrade)/i,
    'A hook of the chart has failed.',
    'Look at the Job or Pod of the hook, and its log.',
  ),
  rule(
    'helm-values-missing',
    /could not (find|resolve) (ConfigMap|Secret)|ValuesError|missing key .* in (ConfigMap|Secret)|values reference/i,
    'The release takes values from a ConfigMap or Secret that does not exist or lacks the key.',
    'Correct spec.valuesFrom, or create the object.',
  ),
  rule(
    'helm-values-invalid',
    /values don't meet the specifications|schema|values\.yaml|unable to parse.*values/i,
    'The values do not fit the schema of the chart.',
    'Correct spec.values.',
  ),
  rule(
    'helm-operation-pending',
    /another operation \(install\/upgrade\/rollback\) is in progress|has been locked/i,
    'An earlier operation of Helm did not end, and locks the release.',
    'Roll the release back, or delete the record of the pending revision.',
  ),
  rule(
    'helm-template-failed',
    /template: |error calling|execution error at|parse error at|render/i,
    'The templates of the chart cannot be rendered with these values.',
    'Correct the values or the chart.',
  ),
  rule(
    'kind-not-served',
    /no matches for kind|unable to build kubernetes objects/i,
    'The chart has a kind that the cluster does not serve.',
    'Install the CRD first.',
  ),
  rule(
    'helm-object-owned',
    /cannot be imported into the current release|invalid ownership metadata|already exists/i,
    'An object of the chart exists already and belongs to something else.',
    'Delete the object, or let Helm adopt it by its labels and annotations.',
  ),
  rule(
    'field-immutable',
    /field is immutable|cannot patch .* Forbidden|updates to (statefulset|\S+) spec/i,
    'The chart changes a field that cannot be changed.',
    'Delete the object, or set spec.upgrade.force.',
  ),
  rule(
    'flux-forbidden',
    /is forbidden: User|cannot \w+ resource/i,
    'The account of the release lacks a right.',
    'Grant the right to its ServiceAccount.',
  ),
  rule(
    'helm-tests-failed',
    /TestFailed|test .* failed/i,
    'The tests of the chart have failed.',
    'Look at the pods of the tests.',
  ),
  rule(
    'helm-wait-failed',
    /timed out|context deadline exceeded|resource .* not ready|timeout waiting/i,
    'The objects of the chart did not become ready in time.',
    'Look at the pods of the release.',
    true,
  ),
  rule(
    'helm-action-failed',
    /./,
    'Helm fails for another reason, which it gives as a text.',
    'Read the text of the condition.',
  ),
];

const EXHAUSTED: Rule = {
  name: 'helm-retries-exhausted',
  means: 'Flux has tried as often as it may, and tries no more until the release or its chart changes.',
  reads,
  next: 'Repair the cause, then change the release, or reset its failures.',
  consequence: true,
};
const CHART: Rule = {
  name: 'chart-not-ready',
  means: 'The chart of the release is not ready.',
  reads,
  next: 'Look at the HelmChart and its source.',
  consequence: true,
};

export const helmReleases: Family = {
  name: 'Flux HelmReleases',
  kinds: ['HelmRelease'],
  rules: [...RULES, EXHAUSTED, CHART],
  find(release, facts) {
    if (isSuspended(release)) return [];
    const missing = sourceMissing(release, facts);
    return missing ? [missing] : [...failed(release), ...exhausted(release)];
  },
};

function failed(release: ApiObject): readonly Finding[] {
  const failure = notReady(release);
  if (!failure || failure.reason === 'DependencyNotReady') return [];
  if (/^(SourceNotReady|ArtifactFailed)|HelmChart .* is not ready|could not get Source/i.test(failure.text))
    return [fluxFinding(CHART, release, failure.message, [failure.proof])];
  const told = ['Released', 'TestSuccess', 'Remediated'].flatMap((type) => {
    const one = condition(release, type);
    return one?.['status'] === 'False' || /failed/i.test(textAt(one, 'reason') ?? '')
      ? [evidence(release, `status.conditions[${type}]`, conditionText(one))]
      : [];
  });
  const texts = [failure.proof, ...told];
  const specific = RULES.slice(0, -1);
  const proof = texts.find(({ value }) => recognised(specific, value)) ?? texts[1] ?? failure.proof;
  const kind = recognised(RULES, proof.value) as TextRule;
  const all = proof === failure.proof ? [proof] : [failure.proof, proof];
  const { namespace = '' } = metaOf(release);
  return [
    fluxFinding(
      kind,
      release,
      `${kind.means} ${proof.value}`,
      all,
      eventsStep(textAt(release, 'spec', 'targetNamespace') ?? namespace),
    ),
  ];
}

function exhausted(release: ApiObject): readonly Finding[] {
  const stalled = condition(release, 'Stalled');
  if (stalled?.['status'] !== 'True' || stalled['reason'] !== 'RetriesExceeded') return [];
  const proof = [
    evidence(release, 'status.conditions[Stalled]', `RetriesExceeded: ${textAt(stalled, 'message') ?? ''}`),
    evidence(release, 'status.upgradeFailures', String(numberAt(release, 'status', 'upgradeFailures') ?? 0)),
    evidence(release, 'status.installFailures', String(numberAt(release, 'status', 'installFailures') ?? 0)),
  ];
  return [
    fluxFinding(
      EXHAUSTED,
      release,
      `${EXHAUSTED.means} ${textAt(stalled, 'message') ?? ''}`,
      proof,
      getStep(refOf(release), 'status'),
    ),
  ];
}
