import { metaOf, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { isSuspended } from '../../flux/suspension.ts';
import { SOURCES } from '../kinds.ts';
import { evidence, recognised, textRules, type Family, type Finding, type TextRule } from '../rule.ts';
import { refOf } from '../../cluster-objects/object-ref.ts';
import { getStep, listStep } from '../steps.ts';
import { fluxFinding, notReady, type NotReady } from './flux-status.ts';

const rule = textRules('GitRepository, OCIRepository, Bucket, HelmRepository and HelmChart status.conditions[Ready]');

const RULES: readonly TextRule[] = [
  rule(
    'source-secret-missing',
    /failed to get secret|secrets? "[^"]+" not found|secret '[^']+' not found/i,
    'The source names a Secret that does not exist.',
    'Create the Secret, or correct secretRef.',
  ),
  rule(
    'git-ref-missing',
    /couldn't find remote ref|reference not found|unable to (find|resolve) (commit|ref)|object not found|no match found for semver/i,
    'The repository does not have the branch, tag or commit.',
    'Correct spec.ref, or push the branch.',
  ),
  rule(
    'source-tls',
    /x509|certificate (signed|is not)|tls: /i,
    'The certificate of the server is not trusted.',
    'Add the certificate authority to the Secret of the source.',
  ),
  rule(
    'source-host-key',
    /knownhosts|known_hosts|host ?key/i,
    'The SSH key of the server is not the one in the Secret of the source.',
    'Check the key of the server, then write it to known_hosts in the Secret.',
  ),
  rule(
    'source-unreachable',
    /no such host|connection refused|i\/o timeout|context deadline exceeded|network is unreachable|no route to host|connection reset|\b50[0234]\b/i,
    'The server of the source cannot be reached.',
    'Check spec.url and the network policies of Flux.',
  ),
  rule(
    'source-authentication',
    /authentication required|authorization failed|unauthorized|invalid credentials|permission denied|handshake failed|\b40[13]\b|unable to authenticate|AccessDenied/i,
    'The server of the source refuses the credentials.',
    'Correct the Secret that secretRef names.',
  ),
  rule(
    'source-missing',
    /repository not found|\b404\b|NoSuchBucket|bucket '[^']+' not found|does not exist|manifest unknown|NAME_UNKNOWN/i,
    'The repository, bucket or index does not exist, or the credentials may not see it.',
    'Correct spec.url.',
  ),
  rule(
    'chart-missing',
    /no '?[^']*'? ?chart (version|with version)|chart .* not found|no chart name found|failed to get chart version|improper constraint/i,
    'The source does not have the chart or its version.',
    'Correct spec.chart or spec.version.',
  ),
  rule(
    'source-verification',
    /verif(y|ication)|signature/i,
    'The signature of the source cannot be verified.',
    'Check the keys, and who signed the revision.',
  ),
  rule(
    'source-failed',
    /./,
    'The source cannot be fetched for another reason, which Flux gives as a text.',
    'Read the text of the condition.',
  ),
];

const NOT_READY = /^(SourceNotReady|NoSourceArtifact|SourceUnavailable|NoArtifact): /;

export const fluxSources: Family = {
  name: 'Flux sources',
  kinds: SOURCES,
  rules: RULES,
  find(source) {
    const failure = notReady(source);
    // What a chart says about its repository is found at the repository.
    return !failure || isSuspended(source) || NOT_READY.test(failure.text) ? [] : [found(source, failure)];
  },
};

function found(source: ApiObject, { text, message, proof }: NotReady): Finding {
  const kind = recognised(RULES, text) as TextRule;
  const old = textAt(source, 'status', 'artifact', 'revision');
  const since = textAt(source, 'status', 'artifact', 'lastUpdateTime') ?? 'an unknown time';
  const stale = old === undefined ? '' : ` It still offers ${old}, of ${since}.`;
  const asked = ['url', 'ref', 'chart', 'version'].flatMap((field) => {
    const value = (source['spec'] as ApiObject | undefined)?.[field];
    return value === undefined ? [] : [evidence(source, `spec.${field}`, value)];
  });
  const step =
    kind.name === 'source-secret-missing'
      ? listStep('Secret', '', metaOf(source).namespace)
      : getStep(refOf(source), 'spec');
  return fluxFinding(
    kind,
    source,
    `${kind.means} ${message}${stale}`,
    [proof, ...asked, ...(old === undefined ? [] : [evidence(source, 'status.artifact.revision', old)])],
    step,
  );
}
