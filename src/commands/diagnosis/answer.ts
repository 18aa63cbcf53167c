import { z } from 'zod';
import { fitted, sizeOf } from '../../domain/cluster-objects/fitted.ts';
import type { Cause } from '../../domain/diagnosis/examine.ts';
import type { Diagnosed } from './read-facts.ts';

const row = z.strictObject({
  cause: z.string().describe('Name of the rule that fits.'),
  object: z.string(),
  summary: z.string(),
  evidence: z.array(z.strictObject({ object: z.string(), field: z.string(), value: z.string() })),
  way: z.array(z.string()).describe('The objects from the subject to this one.'),
  others: z.number().describe('Further objects with the same cause.'),
  next: z.string(),
  step: z.strictObject({ tool: z.string(), arguments: z.record(z.string(), z.unknown()) }).describe('A call to make.'),
});

/** The answer of a diagnosis, at every door. */
export const diagnosisOutput = z.strictObject({
  subject: z.string(),
  verdict: z.enum(['cause-found', 'not-known', 'no-fault']),
  causes: z.array(row).describe('Most important first.'),
  consequences: z.array(z.strictObject({ cause: z.string(), object: z.string(), summary: z.string() })),
  state: z.array(z.string()).describe('What the cluster says about the subject.'),
  looked_at: z.array(z.string()),
  not_looked_at: z.array(z.string()),
  left_out: z.array(z.string()),
});
export type DiagnosisOutput = z.output<typeof diagnosisOutput>;

/** The frame of an answer, beside its lists. */
const FRAME = 400;

/** The answer in at most about `max` bytes. Causes at the end are left out first. */
export function diagnosisAnswer(subject: string, found: Diagnosed, max: number): DiagnosisOutput {
  const causes: DiagnosisOutput['causes'] = [];
  let rest = max - FRAME;
  for (const cause of found.causes.map(rowOf)) {
    const size = sizeOf(cause) + 1;
    if (size > rest * 0.8 && causes.length > 0) break;
    causes.push(size > rest * 0.8 ? fitted(cause, Math.floor(rest * 0.8)).value : cause);
    rest -= Math.min(size, rest);
  }
  const more = found.causes.length - causes.length;
  const { value, leftOut } = fitted(
    {
      consequences: found.consequences.map(({ rule, object, summary }) => ({ cause: rule, object, summary })),
      state: [...found.state],
      looked_at: [...found.lookedAt],
      not_looked_at: [...found.notLookedAt],
    },
    Math.max(FRAME, rest),
  );
  const cut = more > 0 ? [`causes: ${more} further ones; diagnose one object, or raise max_bytes`] : [];
  return { subject, verdict: found.verdict, causes, ...value, left_out: [...cut, ...leftOut] };
}

function rowOf({ rule, object, summary, evidence, way, others, next, step }: Cause): DiagnosisOutput['causes'][number] {
  return {
    cause: rule,
    object,
    summary,
    evidence: evidence.map((one) => ({ ...one })),
    way: [...way],
    others,
    next,
    step: { tool: step.tool, arguments: { ...step.arguments } },
  };
}

const VERDICTS = {
  'cause-found': 'Cause found',
  'not-known': 'The cause is not known: something is wrong, and no rule fits what was read',
  'no-fault': 'No cause found: nothing is wrong with what was looked at',
} as const;

/** The answer as lines. The command line writes the tools in it as its own commands. */
export function diagnosisText(answer: DiagnosisOutput): string {
  const { subject, verdict, causes, consequences, state, looked_at: seen, not_looked_at: unseen } = answer;
  return [
    `${subject}. ${VERDICTS[verdict]}.`,
    ...causes.flatMap(causeLines),
    ...consequences.map(({ cause, object, summary }) => `Follows from it: ${cause} at ${object}. ${summary}`),
    ...(verdict === 'not-known' ? state.map((one) => `State: ${one}`) : []),
    `Looked at: ${seen.join(', ')}.`,
    ...(unseen.length > 0 ? [`Not looked at: ${unseen.join('; ')}.`] : []),
    ...(answer.left_out.length > 0 ? [`Left out: ${answer.left_out.join('; ')}.`] : []),
  ].join('\n');
}

function causeLines(cause: DiagnosisOutput['causes'][number]): readonly string[] {
  const { object, summary, evidence, way, others, next, step } = cause;
  const more = others > 0 ? ` (and ${others} further ${others === 1 ? 'object' : 'objects'})` : '';
  return [
    `${cause.cause}: ${object}${more}. ${summary}`,
    ...(way.length > 1 ? [`  way: ${way.join(' → ')}`] : []),
    ...evidence.map((one) => `  ${one.object} ${one.field}: ${one.value}`),
    `  next: ${next}`,
    `  ${step.tool} with ${JSON.stringify(step.arguments)}`,
  ];
}
