import { z } from 'zod';
import type { Approver, Approvers } from '../domain/release/approval.ts';
import { APPROVAL_PHASES, type PhaseApprovers } from '../domain/release/phase-approvals.ts';
import type { Problem } from './parse.ts';

const name = z.string().min(1).max(200);
/** As in the rules of the section access: a subject or a group has a meaning only for its issuer. */
const approver = z
  .strictObject({ issuer: name, subject: name.optional(), group: name.optional() })
  .refine(({ subject, group }) => (subject === undefined) !== (group === undefined), 'needs a subject or a group');

const people = {
  by: z.array(approver).min(1).max(20).describe('Who may approve; each has an issuer, and a subject or a group.'),
  count: z.int().min(1).max(10).optional().describe('How many different people. Default 1.'),
};
const approval = z.strictObject({
  phase: z
    .enum(APPROVAL_PHASES)
    .describe('step: before a weight is left. promotion. emergency: to skip an analysis or override windows.'),
  weights: z.array(z.int().min(1).max(99)).min(1).max(50).optional().describe('For phase step: which weights.'),
  ...people,
});

/** The fields of a release file about named people. */
export const approvalFields = {
  approvers: z.strictObject(people).optional().describe('Wait for the approval of these people first.'),
  approvals: z.array(approval).min(1).max(20).optional().describe('Who else has to approve, and when.'),
};

/** The faults of `approvals` that concern several of its fields. `given`: the value as it was written. */
export function approvalProblems(given: unknown): readonly Problem[] {
  const approvals = approvalFields.approvals.safeParse(given).data ?? [];
  return approvals.flatMap((one, index) => {
    const path = `approvals.${index}`;
    const earlier = approvals.slice(0, index).filter(({ phase }) => phase === one.phase);
    if (one.phase === 'step') return stepProblems(one, earlier, path);
    return [
      ...(one.weights ? [{ path: `${path}.weights`, message: `only for phase step; this is ${one.phase}` }] : []),
      ...(earlier.length > 0 ? [{ path, message: `there are approvals for the phase ${one.phase} already` }] : []),
    ];
  });
}

type Entry = z.output<typeof approval>;

function stepProblems({ weights }: Entry, earlier: readonly Entry[], path: string): readonly Problem[] {
  if (!weights) return [{ path: `${path}.weights`, message: 'is missing; phase step needs it' }];
  const named = earlier.flatMap((one) => one.weights ?? []);
  return weights.flatMap((weight, index) =>
    named.includes(weight) || weights.indexOf(weight) < index
      ? [{ path: `${path}.weights.${index}`, message: `there are approvals for weight ${weight} already` }]
      : [],
  );
}

interface NamedPeople {
  readonly approvers?: z.output<(typeof approvalFields)['approvers']>;
  readonly approvals?: z.output<(typeof approvalFields)['approvals']>;
}

/** The checked fields of a file as fields of the release. */
export function toNamedPeople({ approvers, approvals }: NamedPeople) {
  return {
    ...(approvers ? { approvers: toApprovers(approvers) } : {}),
    ...(approvals ? { approvals: approvals.map(toPhase) } : {}),
  };
}

function toPhase({ phase, weights, ...named }: Entry): PhaseApprovers {
  return { phase, ...(weights ? { weights } : {}), ...toApprovers(named) };
}

function toApprovers({ by, count = 1 }: Pick<Entry, 'by' | 'count'>): Approvers {
  return { by: by.map(toApprover), count };
}

/** The check of the file has already refused an entry with neither or both. */
function toApprover({ issuer, subject, group = '' }: Entry['by'][number]): Approver {
  return subject === undefined ? { issuer, group } : { issuer, subject };
}
