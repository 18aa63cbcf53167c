import type { UpdateOrigin } from '../updates/origin.ts';
import type { Sender } from './approval.ts';
import { LEAST_EVENTS } from './run-limits.ts';
import type { Continued } from './continued.ts';
import { APPROVAL_PHASES } from './phase-approvals.ts';
import type { AnalysisSpec, Recover, ReleaseSpec, Timeouts } from './plan.ts';

/** The input of a run of the workflow. */
export interface ReleaseInput {
  readonly spec: ReleaseSpec;
  readonly startedBy: string;
  /** `<issuer>#<subject>` of whoever is responsible for the start. Absent if nobody has proved who that is. */
  readonly starter?: string;
  /** Who has started it, as the interface has found out. Absent in releases of older versions. */
  readonly proposer?: Sender;
  /** The idempotency key of the start. */
  readonly requestId: string;
  /** The update for which it was started by itself. Absent: somebody has started it. */
  readonly update?: UpdateOrigin;
  /** Address of the HTTP server that has the report, for people in the Temporal UI. */
  readonly server?: string;
  /** If present, nothing new is released: the run rolls back what an earlier run left. */
  readonly recover?: Recover;
  /** With `recover`: its version may be stable already. The version before it is then made stable again. */
  readonly rollback?: true;
  /** Set by a run that continues as new, never by a client. */
  readonly continues?: Continued;
  /** The run continues as new at this number of events, at least LEAST_EVENTS. The default is 10,000. */
  readonly continueAtEvents?: number;
}

/** Who and what has started a release, for its view. */
export function originOf({ startedBy, update, proposer }: ReleaseInput) {
  return { startedBy, ...(update && { update }), ...(proposer && { proposer }) };
}

/** A field of the input, and its fault. */
export class InputProblem extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.path = path;
  }
}

const MINUTE = 60_000;
/** The same values as in a release file (src/contract/release-spec.ts). A test compares them. */
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
 * The input of a run that a person or another program may have started. Required fields are checked. Optional fields
 * get the defaults of a release file. Throws InputProblem.
 */
export function checkedInput(raw: unknown, runId: string): ReleaseInput {
  const input = objectOf(raw, 'input');
  const spec = objectOf(input['spec'], 'spec');
  const target = objectOf(spec['target'], 'spec.target');
  for (const part of ['cluster', 'namespace', 'rollout']) textOf(target[part], `spec.target.${part}`);
  textOf(spec['image'], 'spec.image');
  // Preflight checks that the strategy and the kinds exist.
  textOf(spec['strategy'], 'spec.strategy');
  for (const kind of ['targetKind', 'split']) if (spec[kind] !== undefined) textOf(spec[kind], `spec.${kind}`);
  approvalsOf(spec['approvals']);
  const { continueAtEvents, server } = input;
  if (server !== undefined) textOf(server, 'server');
  if (
    continueAtEvents !== undefined &&
    !(Number.isInteger(continueAtEvents) && Number(continueAtEvents) >= LEAST_EVENTS)
  )
    throw new InputProblem('continueAtEvents', `must be a whole number of at least ${LEAST_EVENTS}`);
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

/** An approval that cannot be read would be one that nobody is asked for. */
function approvalsOf(given: unknown): void {
  if (given === undefined) return;
  if (!Array.isArray(given)) throw new InputProblem('spec.approvals', 'must be a list');
  for (const [index, entry] of given.entries()) {
    const path = `spec.approvals.${index}`;
    const { phase, by, count } = objectOf(entry, path);
    if (!APPROVAL_PHASES.some((known) => known === phase))
      throw new InputProblem(`${path}.phase`, `must be one of ${APPROVAL_PHASES.join(', ')}`);
    if (!Array.isArray(by) || by.length === 0) throw new InputProblem(`${path}.by`, 'must be a list of people');
    if (!Number.isInteger(count) || Number(count) < 1)
      throw new InputProblem(`${path}.count`, 'must be a whole number of at least 1');
  }
}

/** If absent, the default judge. If given, its values, with the times that a release file would fill in. */
function analysisOf(given: unknown): AnalysisSpec {
  if (given === undefined || given === null) return DEFAULT_ANALYSIS;
  const { soakMs, minRequests, holdMs } = DEFAULT_ANALYSIS;
  return numbersOf(given, 'spec.analysis', { soakMs, minRequests, holdMs });
}

/** `given`, with the numbers of `defaults` where it has none. */
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
