import { plural } from '../../domain/plural.ts';
import { ANY_PERSON, METRICS_ALONE, type PlanOutput } from './plan-output.ts';

/**
 * A plan in a few lines: the failed checks, how the release is judged, how long that takes, who has to answer, and the
 * next action.
 */
export function planText(plan: PlanOutput): string {
  const failed = plan.checks.filter(({ ok }) => !ok).map((one) => checkLine('✗', one));
  const told = ({ ok, name, next }: PlanOutput['checks'][number]) =>
    ok && (next !== undefined || (waits(plan) && name === 'running release'));
  const warnings = plan.checks.filter(told).map((one) => checkLine('!', one));
  const course = plan.ready ? [...metricLines(plan), ...outlookLines(plan), ...peopleLines(plan)] : [];
  return [headLine(plan, failed.length), ...failed, ...warnings, ...course, nextLine(plan)].join('\n');
}

function headLine(plan: PlanOutput, failed: number): string {
  const { cluster, namespace, rollout } = plan.target;
  const head = plan.ready ? 'Ready' : waits(plan) && failed === 0 ? HEADS[plan.would] : notReady(failed);
  const images = plan.from_image ? `${plan.from_image} → ${plan.to_image}` : plan.to_image;
  const weights = plan.weights.length > 0 ? `, weights ${plan.weights.join(' → ')} %` : '';
  return `${head}: ${plan.strategy} of ${namespace}/${rollout} on ${cluster}: ${images}${weights}`;
}

const HEADS = { queue: 'Would wait in the queue', supersede: 'Would supersede the running release' } as const;

const notReady = (failed: number): string => `Not ready, ${plural(failed, 'check')} failed`;

/** A release that starts later: what the running one has changed is not known to it yet. */
function waits<P extends Pick<PlanOutput, 'would'>>(plan: P): plan is P & { would: keyof typeof HEADS } {
  return plan.would in HEADS;
}

function checkLine(mark: string, { name, detail, next }: PlanOutput['checks'][number]): string {
  return `${mark} ${name}: ${detail}${next ? ` → ${next}` : ''}`;
}

function nextLine(plan: PlanOutput): string {
  const { ready, plan_id: id, valid_until: until } = plan;
  if (waits(plan))
    return `Nothing was changed. release_start with the same input ${plan.would === 'queue' ? 'queues it' : 'does this'}.`;
  return ready
    ? `Nothing was changed. Start it with release_start with plan_id "${id}", until ${until}, or with the same input.`
    : 'Nothing was changed. Correct the failed checks and plan again.';
}

/** Who has to answer, how, within which time, and what happens without an answer. */
function peopleLines({ approval, limits, guard, ...plan }: PlanOutput): readonly string[] {
  const within = String(limits['approve_within']);
  return [
    ...(approval
      ? [
          `Before anything is changed, ${approversText(limits)} to approve it within ${within} (release_approve or release_reject). Without an answer it ends and changes nothing.`,
        ]
      : []),
    ...approvalLines(limits['approvals'], within),
    // Without an outlook of counted requests the release accepts that Argo skips the steps.
    ...(plan.outlook || limits['judge'] === METRICS_ALONE ? stepQuestions({ limits, ...plan }) : []),
    ...(guard === undefined || guard === 'off' ? [] : [`After its success the new version is watched for ${guard}.`]),
  ];
}

/** Who else has to approve, and when. `approvals`: one text for each entry of the release file. */
function approvalLines(approvals: unknown, within: string): readonly string[] {
  const texts = Array.isArray(approvals) ? approvals.map(String) : [];
  const held = texts.some((text) => text.startsWith('before '));
  return [
    ...texts.map((text) => `Other people than the one who starts it have to agree ${text}.`),
    ...(held ? [`Without their answer within ${within} it is rolled back.`] : []),
    ...(texts.some((text) => text.startsWith('for ')) ? [`An agreement with a command lapses after ${within}.`] : []),
  ];
}

function approversText({ approvers }: PlanOutput['limits']): string {
  if (approvers === ANY_PERSON) return `${ANY_PERSON} has`;
  return typeof approvers === 'string' ? `other people than the one who starts it have (${approvers})` : 'somebody has';
}

/** The questions that a step may ask. */
function stepQuestions(plan: Pick<PlanOutput, 'limits' | 'manual_promotion' | 'auto_rollback'>): readonly string[] {
  const { limits, manual_promotion: manual, auto_rollback: auto } = plan;
  const answers = `within ${String(limits['answer_within'])}`;
  const open = OPEN_POLICIES.some((name) => limits[name] === 'hold' || limits[name] === 'ask');
  const asked = [...(open ? ['stays undecided'] : []), ...(auto ? [] : ['fails'])].join(' or ');
  const step = Array.isArray(limits['approvals']) ? 'other step' : 'step';
  return [
    ...(manual ? [`After each ${step} that passes, somebody has to promote ${answers} (release_promote).`] : []),
    ...(asked
      ? [`If a step ${asked}, somebody has to decide ${answers} (release_skip_analysis or release_abort).`]
      : []),
    ...(manual || asked ? ['Without an answer in that time it is rolled back.'] : []),
  ];
}

const OPEN_POLICIES = ['on_no_data', 'on_too_little_traffic', 'on_inconclusive'];

/** Where no request is counted, nothing can be said of the time that a step takes. */
function metricLines({ limits: { judge, metrics } }: PlanOutput): readonly string[] {
  if (judge !== METRICS_ALONE || !Array.isArray(metrics)) return [];
  const names = (metrics as readonly { readonly name: string }[]).map(({ name }) => name);
  return [`Each step is judged by your own metrics alone: ${names.join(', ')}.`];
}

function outlookLines({ outlook, limits }: PlanOutput): readonly string[] {
  if (!outlook) return [];
  const { compared, limits: fixed } = outlook;
  return [
    compared.length > 0
      ? `Each step is compared with the stable version: ${compared.join('; ')}.`
      : 'Nothing is compared with the stable version.',
    ...(fixed.length > 0 ? [`Limits: ${fixed.join('; ')}.`] : []),
    timesLine(outlook, limits),
    ...outlook.steps.flatMap(({ weight, problem }) => (problem === undefined ? [] : [`! ${weight} %: ${problem}`])),
  ];
}

/** Without traffic nothing can be expected. */
function timesLine(
  { requests_per_second: rate, steps }: NonNullable<PlanOutput['outlook']>,
  limits: PlanOutput['limits'],
) {
  if (rate === 0) return 'No request was counted in the last 5 minutes, so no step can pass at the present traffic.';
  const judged = steps.filter(({ problem }) => problem === undefined);
  const quick = judged.flatMap(({ weight, takes }) => (takes === undefined ? [] : [`about ${takes} at ${weight} %`]));
  const slow = judged.filter(({ takes }) => takes === undefined).map(({ weight }) => `${weight} %`);
  const who = `At the present ${rate} requests/s a version as good as stable`;
  return [
    ...(quick.length > 0 ? [`${who} needs ${quick.join(', ')}.`] : []),
    ...(slow.length > 0
      ? [
          `${who} does not pass ${slow.join(', ')} before the hold of ${String(limits['hold'])} ends: larger weights, analysis.margins or analysis.hold change that.`,
        ]
      : []),
  ].join(' ');
}
