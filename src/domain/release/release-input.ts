import type { AnalysisSpec, Recover, ReleaseSpec, Timeouts } from './plan.ts';

/** What a run of the workflow starts with. */
export interface ReleaseInput {
  readonly spec: ReleaseSpec;
  readonly startedBy: string;
  /** The same start sent twice starts once. */
  readonly requestId: string;
  /** Present: nothing new is released; what an earlier run left behind is rolled back. */
  readonly recover?: Recover;
  /** With `recover`: its version may be stable already. The version before it is then made stable again. */
  readonly rollback?: true;
}

/** Field and what is wrong with it. */
export class InputProblem extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.path = path;
  }
}

const MINUTE = 60_000;
/** As in a release file (src/contract/release-spec.ts); a test compares them. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  stepMs: 10 * MINUTE,
  approvalMs: 24 * 60 * MINUTE,
  decisionMs: 24 * 60 * MINUTE,
  rollbackMs: 15 * MINUTE,
};
export const DEFAULT_GUARD_MS = 30 * MINUTE;
export const DEFAULT_ANALYSIS: AnalysisSpec = {
  soakMs: MINUTE,
  minRequests: 50,
  holdMs: 10 * MINUTE,
  sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 },
  warmUpMs: 15_000,
};

/**
 * The input of a run that may have been started by hand or by another program: required fields are checked, optional
 * ones get the defaults of a release file, which are the careful ones. Throws InputProblem.
 */
export function checkedInput(raw: unknown, runId: string): ReleaseInput {
  const input = objectOf(raw, 'input');
  const spec = objectOf(input['spec'], 'spec');
  const target = objectOf(spec['target'], 'spec.target');
  for (const part of ['cluster', 'namespace', 'rollout']) textOf(target[part], `spec.target.${part}`);
  textOf(spec['image'], 'spec.image');
  // Preflight knows which strategies there are.
  textOf(spec['strategy'], 'spec.strategy');
  return {
    ...(input as unknown as ReleaseInput),
    startedBy: optional(input['startedBy'], 'startedBy', 'string', 'unknown (started in Temporal)'),
    requestId: optional(input['requestId'], 'requestId', 'string', runId),
    spec: {
      ...(spec as unknown as ReleaseSpec),
      analysis: analysisOf(spec['analysis']),
      timeouts: numbersOf(spec['timeouts'], 'spec.timeouts', DEFAULT_TIMEOUTS),
      ...numbersOf({ guardMs: spec['guardMs'] ?? DEFAULT_GUARD_MS }, 'spec', { guardMs: DEFAULT_GUARD_MS }),
      approval: optional(spec['approval'], 'spec.approval', 'boolean', false),
      manualPromotion: optional(spec['manualPromotion'], 'spec.manualPromotion', 'boolean', true),
      autoRollback: optional(spec['autoRollback'], 'spec.autoRollback', 'boolean', true),
      restoreTemplate: optional(spec['restoreTemplate'], 'spec.restoreTemplate', 'boolean', true),
    },
  };
}

/** Absent: the default judge. Given: what it says, with the times that a release file would fill in. */
function analysisOf(given: unknown): AnalysisSpec {
  if (given === undefined || given === null) return DEFAULT_ANALYSIS;
  const { soakMs, minRequests, holdMs } = DEFAULT_ANALYSIS;
  return numbersOf(given, 'spec.analysis', { soakMs, minRequests, holdMs });
}

/** `given` with the numbers of `defaults` where it has none. */
function numbersOf<T extends object>(given: unknown, path: string, defaults: T): T {
  const fields = given === undefined || given === null ? {} : objectOf(given, path);
  for (const name of Object.keys(defaults)) {
    const value = fields[name];
    if (value !== undefined && (typeof value !== 'number' || !Number.isFinite(value) || value < 0))
      throw new InputProblem(`${path}.${name}`, 'must be a number of at least 0');
  }
  return { ...defaults, ...fields };
}

function objectOf(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InputProblem(path, value === undefined || value === null ? 'is missing' : 'must be an object');
}

function textOf(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InputProblem(
    path,
    value === undefined || value === null ? 'is missing' : 'must be a text that is not empty',
  );
}

function optional<T extends string | boolean>(
  value: unknown,
  path: string,
  type: 'string' | 'boolean',
  otherwise: T,
): T {
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== type) throw new InputProblem(path, `must be a ${type === 'string' ? 'text' : 'boolean'}`);
  return value as T;
}
