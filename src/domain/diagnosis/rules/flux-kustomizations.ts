import { textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { isSuspended } from '../../flux/suspension.ts';
import type { Facts } from '../facts.ts';
import { evidence, recognised, textRules, type Family, type Finding, type Rule, type TextRule } from '../rule.ts';
import { refTitle, refOf } from '../../cluster-objects/object-ref.ts';
import { getStep, listStep } from '../steps.ts';
import { sourceRefOf } from '../flux-refs.ts';
import { fluxFinding, notReady } from './flux-status.ts';

const reads = 'Kustomization status.conditions[Ready]';

const rule = textRules(reads);

const RULES: readonly TextRule[] = [
  rule(
    'path-missing',
    /kustomization path not found|no such file or directory.*path|InvalidPath/i,
    'The artifact of the source does not have the path of the Kustomization.',
    'Correct spec.path, or add the folder.',
  ),
  rule(
    'artifact-unavailable',
    /failed to download archive|artifact download|giving up after|checksum|digest mismatch/i,
    'The controller of Kustomizations cannot download the artifact of the source.',
    'Check the network between the controllers of Flux; reconcile the source.',
  ),
  rule(
    'flux-decryption',
    /decrypt|SOPS/i,
    'An encrypted manifest cannot be decrypted.',
    'Check spec.decryption and the keys.',
  ),
  rule(
    'flux-substitution',
    /post build failed|variable .* not set|substitut/i,
    'A variable of the manifests cannot be substituted.',
    'Correct spec.postBuild.',
  ),
  rule(
    'kustomization-invalid',
    /invalid Kustomization|kustomization\.ya?ml.*(unmarshal|parse|invalid|unknown field|yaml)|(unmarshal|unknown field|yaml).*kustomization\.ya?ml|failed to decode kustomization|error unmarshaling|MalformedYAML/i,
    'The file kustomization.yaml, or a manifest, is not valid YAML or not a valid Kustomization.',
    'Correct the file in the source.',
  ),
  rule(
    'build-failed',
    /^BuildFailed|kustomize build failed|accumulating resources/i,
    'The manifests cannot be built: a resource, patch or base that they name cannot be used.',
    'Correct the files in the source; `kustomize build` shows the same error.',
  ),
  rule(
    'kind-not-served',
    /no matches for kind/i,
    'A manifest has a kind that the cluster does not serve.',
    'Install the CRD first, for example by a dependency.',
  ),
  rule(
    'field-immutable',
    /field is immutable|immutable field|may not be changed|is forbidden: updates to/i,
    'A manifest changes a field that cannot be changed.',
    'Delete the object, or set spec.force, which creates it anew.',
  ),
  rule(
    'flux-forbidden',
    /is forbidden: User|cannot (get|list|create|patch|delete) resource/i,
    'The account of the Kustomization lacks a right.',
    'Grant the right to the ServiceAccount of the Kustomization.',
  ),
  rule(
    'namespace-missing',
    /namespaces? "[^"]+" not found|namespace not specified/i,
    'A manifest belongs to a namespace that does not exist.',
    'Add the namespace to the manifests, or create it.',
  ),
  rule(
    'manifest-refused',
    /dry-run failed|apply failed|\(Invalid\)|\(BadRequest\)|admission webhook/i,
    'The API server refuses a manifest.',
    'Correct the manifest in the source.',
  ),
  rule(
    'health-check-failed',
    /^HealthCheckFailed/,
    'The manifests are applied, and an object did not become ready in time.',
    'Look at the object that the message names.',
    true,
  ),
  rule(
    'kustomization-failed',
    /./,
    'The Kustomization fails for another reason, which Flux gives as a text.',
    'Read the text of the condition.',
  ),
];

const SOURCE_MISSING: Rule = {
  name: 'source-ref-missing',
  means: 'The object names a source that does not exist.',
  reads: 'Kustomization and HelmRelease spec.sourceRef, spec.chart, spec.chartRef',
  next: 'Correct the reference, or create the source.',
};
const SOURCE_NOT_READY: Rule = {
  name: 'source-not-ready',
  means: 'The source has no artifact yet.',
  reads,
  next: 'Look at the source.',
  consequence: true,
};

export const fluxKustomizations: Family = {
  name: 'Flux Kustomizations',
  kinds: ['Kustomization'],
  rules: [...RULES, SOURCE_MISSING, SOURCE_NOT_READY],
  find(object, facts) {
    if (isSuspended(object)) return [];
    const missing = sourceMissing(object, facts);
    return missing ? [missing] : failed(object);
  },
};

/** Also for HelmReleases and charts. */
export function sourceMissing(object: ApiObject, facts: Facts): Finding | undefined {
  const ref = sourceRefOf(object);
  if (!ref || !facts.isAbsent(ref)) return undefined;
  const step = listStep(ref.kind, ref.group, ref.namespace);
  const proof = [evidence(object, 'spec.sourceRef', refTitle(ref))];
  return fluxFinding(SOURCE_MISSING, object, `It names ${refTitle(ref)}, which does not exist.`, proof, step);
}

const WAITS =
  /Source artifact not found|artifact not found|Source is not ready|unable to get source|Source '.*' not found/i;

function failed(object: ApiObject): readonly Finding[] {
  const failure = notReady(object);
  if (!failure || failure.reason === 'DependencyNotReady') return [];
  const kind = WAITS.test(failure.message) ? SOURCE_NOT_READY : (recognised(RULES, failure.text) as TextRule);
  const tried = textAt(object, 'status', 'lastAttemptedRevision');
  const applied = textAt(object, 'status', 'lastAppliedRevision');
  const proof = [
    failure.proof,
    ...(kind.name === 'path-missing' ? [evidence(object, 'spec.path', textAt(object, 'spec', 'path') ?? './')] : []),
    ...(tried === undefined ? [] : [evidence(object, 'status.lastAttemptedRevision', tried)]),
    ...(applied === undefined || applied === tried ? [] : [evidence(object, 'status.lastAppliedRevision', applied)]),
  ];
  return [fluxFinding(kind, object, `${kind.means} ${failure.message}`, proof, getStep(refOf(object), 'spec'))];
}
