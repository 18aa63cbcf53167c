import { metaOf, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { conditionIs, conditionText } from '../../cluster-objects/conditions.ts';
import { evidence, plain, recognised, textRules, type Family, type Finding, type TextRule } from '../rule.ts';
import { describeObject, listStep } from '../steps.ts';

const rule = textRules('HorizontalPodAutoscaler status.conditions[AbleToScale, ScalingActive]');

const RULES: readonly TextRule[] = [
  rule(
    'autoscaler-target-missing',
    /^FailedGetScale: .*not found/,
    'The autoscaler names a workload that does not exist.',
    'Correct spec.scaleTargetRef, or create the workload.',
  ),
  rule(
    'autoscaler-requests-missing',
    /missing request for (cpu|memory|\S+)/,
    'A container has no request for the resource that the autoscaler measures in percent.',
    'Add resources.requests to every container of the pods.',
  ),
  rule(
    'metrics-missing',
    /the server could not find the requested resource|no metrics returned|unable to fetch metrics|FailedGet\w*Metric/,
    'The autoscaler gets no metrics.',
    'Check that the metrics API of the cluster is there and answers.',
  ),
  rule(
    'autoscaler-selector',
    /^(Invalid|Ambiguous)Selector/,
    'The pods of the target are not its own: its selector is missing, or another autoscaler has the same pods.',
    'Correct the selector of the workload, or delete one of the autoscalers.',
  ),
  rule(
    'autoscaler-stopped',
    /./,
    'The autoscaler cannot scale for another reason, which it gives as a text.',
    'Read the text of the condition.',
  ),
];

export const autoscaling: Family = {
  name: 'Autoscalers',
  kinds: ['HorizontalPodAutoscaler'],
  rules: RULES,
  find(autoscaler) {
    const bad = conditionIs(autoscaler, 'AbleToScale', 'False') ?? conditionIs(autoscaler, 'ScalingActive', 'False');
    // Somebody has scaled the target to zero. The autoscaler leaves it alone on purpose.
    return !bad || bad['reason'] === 'ScalingDisabled' || isBackingOff(bad) ? [] : [found(autoscaler, bad)];
  },
};

const isBackingOff = ({ reason }: ApiObject): boolean => reason === 'BackoffBoth' || reason === 'BackoffDownscale';

function found(autoscaler: ApiObject, condition: ApiObject): Finding {
  const text = conditionText(condition);
  const kind = recognised(RULES, text) as TextRule;
  const { namespace } = metaOf(autoscaler);
  return {
    rule: kind,
    object: autoscaler,
    summary: `${kind.means} ${plain(text, 200)}`,
    evidence: [
      evidence(autoscaler, `status.conditions[${String(condition['type'])}]`, text),
      evidence(autoscaler, 'spec.scaleTargetRef', targetText(autoscaler)),
    ],
    step:
      kind.name === 'metrics-missing'
        ? { tool: 'k8s_api_resources', arguments: { contains: 'metrics.k8s.io' } }
        : kind.name === 'autoscaler-target-missing'
          ? listStep('Deployment', 'apps', namespace)
          : describeObject(autoscaler),
  };
}

function targetText(autoscaler: ApiObject): string {
  const [kind, name] = ['kind', 'name'].map((field) => textAt(autoscaler, 'spec', 'scaleTargetRef', field));
  return `${kind ?? '(no kind)'} ${name ?? '(no name)'}`;
}
