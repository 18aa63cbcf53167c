import { z } from 'zod';
import { STRATEGIES } from '../domain/release/plan.ts';
import { analysis, analysisProblems } from './analysis-file.ts';
import { duration } from './duration.ts';
import { parse, type Problem } from './parse.ts';
import { targetFields } from './target.ts';

const STRATEGY_TEXT: Readonly<Record<string, string>> = {
  rolling: 'rolling releases are not built yet; use canary or blue-green',
  bluegreen: 'is spelled blue-green here',
};

const strategy = z.enum(STRATEGIES, {
  error: (issue) =>
    typeof issue.input === 'string' && Object.hasOwn(STRATEGY_TEXT, issue.input)
      ? STRATEGY_TEXT[issue.input]
      : undefined,
});

/** An image reference. */
export const image = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9][\w.:/@-]*$/, 'must be an image reference such as registry/name:tag');

const steps = z.array(z.int().min(1).max(100)).min(1).max(50).refine(isAscendingTo100, 'must ascend and end with 100');

function isAscendingTo100(weights: readonly number[]): boolean {
  return weights.at(-1) === 100 && weights.every((weight, index) => index === 0 || weight > (weights[index - 1] ?? 0));
}

const traffic = z.strictObject({
  traefik_service: targetFields.shape.rollout
    .optional()
    .describe('Blue-green only. Default: the one over both Services.'),
});

const timeouts = z.strictObject({
  step: duration.optional().describe('From a shift to its proof. Default 10m.'),
  approval: duration.optional().describe('For the approval. Default 24h.'),
  decision: duration.optional().describe('For each answer. Default 24h.'),
  rollback: duration.optional().describe('Then a rollback asks for a human. Default 15m.'),
});

/** A release as a person or an agent writes it. The one contract of release files, MCP arguments and CLI flags. */
export const releaseFile = z.strictObject({
  target: targetFields.describe('What is released.'),
  image: image.describe('The new image.'),
  container: targetFields.shape.rollout.optional().describe('Needed when the pod has several.'),
  strategy: strategy.optional().describe('Default: server setting.'),
  steps: steps
    .optional()
    .describe('Blue-green only: weights in percent, ascending to 100. A canary follows its Rollout.'),
  traffic: traffic.optional(),
  analysis: analysis.optional().describe('How each step is judged.'),
  approval: z
    .strictObject({ required: z.boolean().describe('Wait for release_approve first. Default false.') })
    .optional(),
  require_manual_promotion: z
    .boolean()
    .optional()
    .describe('Wait for release_promote after each step. Default: server setting.'),
  auto_rollback: z.boolean().optional().describe('Roll back on failure; false: ask first. Default: server setting.'),
  after_rollback: z
    .strictObject({ restore_template: z.boolean().describe('Put the stable image back. Default true.') })
    .optional(),
  timeouts: timeouts.optional(),
});
export type ReleaseFile = z.output<typeof releaseFile>;

/** Why a release that names no strategy is refused while the default is one that releases do not have. */
export const ROLLING_DEFAULT: Problem = {
  path: 'strategy',
  message:
    'is missing, and ARGO_DEFAULT_STRATEGY is rolling: rolling releases are not built yet; name canary or blue-green',
};

/** Checks a release file, with what only canary or only blue-green may say. Throws INVALID_INPUT or UNKNOWN_NAME. */
export function parseReleaseFile<S extends z.ZodType>(schema: S, value: unknown, defaultStrategy: string): z.output<S> {
  return parse(schema, value, [
    ...strategyProblems(value, defaultStrategy),
    ...analysisProblems(record(record(value)['analysis'])),
  ]);
}

/** Read from the raw value, so that these are told together with everything else that is wrong. */
function strategyProblems(value: unknown, defaultStrategy: string): readonly Problem[] {
  const file = record(value);
  if (file['strategy'] === undefined && defaultStrategy === 'rolling') return [ROLLING_DEFAULT];
  if ((file['strategy'] ?? defaultStrategy) !== 'canary') return [];
  const problems: Problem[] = [];
  if (file['steps'] !== undefined)
    problems.push({
      path: 'steps',
      message: "not for a canary: the Rollout's own steps are the plan; change them there, or use strategy blue-green",
    });
  if (record(file['traffic'])['traefik_service'] !== undefined) {
    problems.push({
      path: 'traffic.traefik_service',
      message: 'not for a canary: the Rollout names its TraefikService in canary.trafficRouting.traefik',
    });
  }
  return problems;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
