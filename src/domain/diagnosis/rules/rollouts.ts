import { metaOf, recordAt, recordsAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { conditionIs } from '../../cluster-objects/conditions.ts';
import { evidence, plain, type Evidence, type Family, type Finding, type Rule } from '../rule.ts';
import { describeObject } from '../steps.ts';

const reads = 'Rollout status.phase, status.message, status.abort, status.pauseConditions';

const INVALID: Rule = {
  name: 'rollout-invalid',
  means: 'Argo Rollouts does not accept the specification of the Rollout.',
  reads: 'Rollout status.conditions[InvalidSpec]',
  next: 'Correct the field that the message names.',
};
const ABORTED: Rule = {
  name: 'rollout-aborted',
  means: 'The update was aborted, and the stable version serves again.',
  reads,
  next: 'Find out why it was aborted, then release a corrected version.',
  consequence: true,
};
const PAUSED: Rule = {
  name: 'rollout-paused',
  means: 'The Rollout waits to be promoted.',
  reads,
  next: 'Promote or abort it; if a release owns it, steer the release.',
};
const DEGRADED: Rule = {
  name: 'rollout-degraded',
  means: 'The Rollout is degraded for a reason that Argo Rollouts gives as a text.',
  reads,
  next: 'Read the message.',
  consequence: true,
};
const ANALYSIS: Rule = {
  name: 'analysis-failed',
  means: 'An analysis of the new version has failed.',
  reads: 'AnalysisRun status.phase, status.metricResults',
  next: 'Look at the measurements of the AnalysisRun.',
};
const ANALYSIS_ERROR: Rule = {
  name: 'analysis-error',
  means: 'An analysis could not measure, for example because its provider does not answer.',
  reads: 'AnalysisRun status.phase, status.metricResults',
  next: 'Check the address and the query of the AnalysisTemplate.',
};
const INCONCLUSIVE: Rule = {
  name: 'analysis-inconclusive',
  means: 'An analysis came to no result, so the Rollout waits for a person.',
  reads: 'AnalysisRun status.phase, status.metricResults',
  next: 'Look at the measurements, then promote or abort the Rollout.',
};

export const rollouts: Family = {
  name: 'Argo Rollouts',
  kinds: ['Rollout', 'AnalysisRun'],
  rules: [INVALID, ABORTED, PAUSED, DEGRADED, ANALYSIS, ANALYSIS_ERROR, INCONCLUSIVE],
  find: (object) => (object['kind'] === 'Rollout' ? ofRollout(object) : ofAnalysis(object)),
};

function ofRollout(rollout: ApiObject): readonly Finding[] {
  const invalid = conditionIs(rollout, 'InvalidSpec', 'True');
  if (invalid) {
    const message = textAt(invalid, 'message') ?? '';
    return [finding(INVALID, rollout, message, [evidence(rollout, 'status.conditions[InvalidSpec]', message)])];
  }
  const phase = textAt(rollout, 'status', 'phase') ?? '';
  const message = textAt(rollout, 'status', 'message') ?? '';
  const proof = evidence(rollout, 'status', `${phase}: ${message}`);
  if (recordAt(rollout, 'status')['abort'] === true)
    return [finding(ABORTED, rollout, message || ABORTED.means, [evidence(rollout, 'status.abort', 'true'), proof])];
  if (phase === 'Degraded') return [finding(DEGRADED, rollout, message, [proof])];
  return phase === 'Paused' ? [paused(rollout, proof)] : [];
}

function paused(rollout: ApiObject, proof: Evidence): Finding {
  const reasons = recordsAt(rollout, 'status', 'pauseConditions').map(
    (one) => `${textAt(one, 'reason') ?? ''} since ${textAt(one, 'startTime') ?? 'an unknown time'}`,
  );
  const byHand = recordAt(rollout, 'spec')['paused'] === true;
  const owner = metaOf(rollout).annotations?.['sluice.dev/owner'];
  const why = byHand ? 'spec.paused is true' : reasons.join(', ') || 'Argo Rollouts names no reason';
  return finding(PAUSED, rollout, `${PAUSED.means} ${why}.`, [
    proof,
    ...(byHand ? [evidence(rollout, 'spec.paused', 'true')] : []),
    ...(reasons.length > 0 ? [evidence(rollout, 'status.pauseConditions', reasons.join(', '))] : []),
    ...(owner === undefined ? [] : [evidence(rollout, 'metadata.annotations[sluice.dev/owner]', owner)]),
  ]);
}

const PHASES: Readonly<Record<string, Rule>> = {
  Failed: ANALYSIS,
  Error: ANALYSIS_ERROR,
  Inconclusive: INCONCLUSIVE,
};

function ofAnalysis(run: ApiObject): readonly Finding[] {
  const phase = textAt(run, 'status', 'phase') ?? '';
  const rule = PHASES[phase];
  if (!rule) return [];
  const message = textAt(run, 'status', 'message') ?? '';
  const bad = recordsAt(run, 'status', 'metricResults').filter((one) => one['phase'] === phase);
  const proof = bad.map((metric) => {
    const [last] = recordsAt(metric, 'measurements').slice(-1);
    const value = textAt(last, 'value') ?? textAt(last, 'message') ?? textAt(metric, 'message') ?? '';
    return evidence(run, `status.metricResults[${String(metric['name'])}]`, `${phase}, last measurement: ${value}`);
  });
  return [finding(rule, run, message || rule.means, [evidence(run, 'status', `${phase}: ${message}`), ...proof])];
}

function finding(rule: Rule, object: ApiObject, text: string, proof: readonly Evidence[]): Finding {
  return { rule, object, summary: plain(text, 250), evidence: proof, step: stepFor(rule, object) };
}

function stepFor(rule: Rule, object: ApiObject): Finding['step'] {
  const { namespace = '', name } = metaOf(object);
  const isAsked = [PAUSED, ABORTED, DEGRADED].includes(rule);
  return isAsked ? { tool: 'argo_get_rollout_status', arguments: { namespace, name } } : describeObject(object);
}
