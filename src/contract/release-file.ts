import { z } from 'zod';
import { WHEN_BUSY } from '../domain/release/queue.ts';
import { STRATEGIES, STRATEGY_NAMES } from '../strategies/index.ts';
import { analysis, analysisProblems } from './analysis-file.ts';
import { approvalFields, approvalProblems } from './approvals-file.ts';
import { duration, durationOrZero } from './duration.ts';
import { image } from './image.ts';
import { parse, type Problem } from './parse.ts';
import { smokeFieldProblems } from './smoke-field.ts';
import { targetFields } from './target.ts';
import { sourceFields, sourceProblems } from './version-source.ts';
import type { Strategy } from '../strategies/strategy.ts';

const strategy = z.enum(STRATEGY_NAMES, { error: ({ input }) => spelling(input) });

/** The message for a name that differs from a known one by a hyphen only. */
function spelling(input: unknown): string | undefined {
  const name = STRATEGY_NAMES.find((known) => known.replaceAll('-', '') === input);
  return name && `is spelled ${name} here`;
}

/** Every field that a strategy adds to a release file, by name. */
const strategyFields = Object.assign({}, ...STRATEGIES.map(({ file }) => file.fields)) as object;

/** Which names there are is known where the world of the release is made: KIND_UNKNOWN. */
const kindName = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'must be a name: lower-case letters, digits and "-"');

const timeouts = z.strictObject({
  step: duration.optional().describe('From a shift to its proof. Default 10m.'),
  approval: duration.optional().describe('For the approval. Default 24h.'),
  decision: duration.optional().describe('For each answer. Default 24h.'),
  rollback: duration.optional().describe('Then a rollback asks for a human. Default 15m.'),
});

/**
 * A release as a person or an agent writes it. It is the only contract of release files, MCP arguments and CLI flags.
 */
export const releaseFile = z.strictObject({
  target: targetFields.describe('What is released.'),
  image: image.describe('The new image.'),
  container: targetFields.shape.rollout.optional().describe('Needed when the pod has several.'),
  strategy: strategy.optional().describe("Default: the Rollout's."),
  ...strategyFields,
  analysis: analysis.optional().describe('How each step is judged.'),
  approval: z
    .strictObject({ required: z.boolean().describe('Wait for release_approve first. Default false.') })
    .optional(),
  ...approvalFields,
  require_manual_promotion: z
    .boolean()
    .optional()
    .describe('Wait for release_promote after each step. Default: server setting.'),
  auto_rollback: z.boolean().optional().describe('Roll back on failure; false: ask first. Default: server setting.'),
  accept_fast_track: z.boolean().optional().describe('Allow Argo to skip the steps for an earlier image.'),
  fail_fast: z
    .strictObject({ restarts: z.int().min(1).max(100).describe('Of one pod.') })
    .optional()
    .describe('Go back before timeouts.step when a new pod restarts so often or its image does not exist.'),
  after_rollback: z
    .strictObject({ restore_template: z.boolean().describe('Put the stable image back. Default true.') })
    .optional(),
  timeouts: timeouts.optional(),
  guard: durationOrZero.optional().describe('Watch after success; "0": off. Default 30m.'),
  when_busy: z
    .enum(WHEN_BUSY)
    .optional()
    .describe(
      'While another release has the target: refuse (default), queue this one, or supersede: roll the other back first.',
    ),
  target_kind: kindName.optional().describe('What implements the target. Default: the first kind.'),
  split: kindName.optional().describe('What divides the traffic. Default: the first split.'),
  ...sourceFields,
});
/** Fields that the list for agents leaves out; the documentation has them. */
const UNLISTED: readonly string[] = [
  ...Object.keys(approvalFields),
  'when_busy',
  'target_kind',
  'split',
  'images',
  'template',
  'server',
  'version',
  'contract_reason',
  'replay',
  'mirror',
  'copies',
  'conformance',
  'smoke_tests',
  ...Object.keys(sourceFields),
];
export const LISTED_FIELDS = Object.keys(releaseFile.shape).filter((name) => !UNLISTED.includes(name));
export type ReleaseFile = z.output<typeof releaseFile>;

/**
 * Checks a release file, including the fields that only some strategies allow. `strategy`: the one of a file that names
 * none. While it is not known, these fields are not checked. `from`: where it is known from, for the message. Throws
 * INVALID_INPUT or UNKNOWN_NAME.
 */
export function parseReleaseFile<S extends z.ZodType>(
  schema: S,
  given: unknown,
  strategy?: string,
  from?: string,
): z.output<S> {
  const value = inFull(given);
  return parse(schema, value, [
    ...strategyProblems(value, strategy, from),
    ...sourceProblems(record(value)),
    ...approvalProblems(record(value)['approvals']),
    ...analysisProblems(record(record(value)['analysis'])),
    ...smokeFieldProblems(record(value)),
  ]);
}

/** A file in the short form of its strategy, written in full. Any other value stays as it is. */
function inFull(value: unknown): unknown {
  const file = record(value);
  return STRATEGIES.find(({ name }) => name === file['strategy'])?.file.inFull?.(file) ?? value;
}

/** They are read from the raw value, so that they are reported together with all other faults. */
function strategyProblems(value: unknown, unnamed?: string, from?: string): readonly Problem[] {
  const file = record(value);
  const strategy = STRATEGIES.find(({ name }) => name === (file['strategy'] ?? unnamed));
  if (!strategy) return [];
  const why = from !== undefined && file['strategy'] === undefined ? `; ${from}` : '';
  return foreignFields(file, strategy).map((one) => ({ ...one, message: `${one.message}${why}` }));
}

/** Fields that only other strategies have. */
function foreignFields(file: Record<string, unknown>, { name, file: own }: Strategy): readonly Problem[] {
  const foreign = Object.keys(strategyFields).filter((field) => file[field] !== undefined && !(field in own.fields));
  return foreign.flatMap((field) => {
    const owners = STRATEGIES.filter((other) => field in other.file.fields).map((other) => other.name);
    return pathsOf(field, file[field]).map((path) => ({
      path,
      message: `${own.foreign?.[path] ?? `not for strategy ${name}`}; it is a field of strategy ${listed(owners)}`,
    }));
  });
}

const listed = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' and ');

/** The paths of a group of fields: one for each member. */
function pathsOf(field: string, value: unknown): readonly string[] {
  const grouped = typeof value === 'object' && value !== null && !Array.isArray(value);
  return grouped ? Object.keys(value).map((key) => `${field}.${key}`) : [field];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
