import type { Sender } from '../release/approval.ts';

/** The steps of a delivery, in their order. Each is one activity, which may be repeated. */
export const DELIVERY_STEPS = ['onboard', 'build', 'check', 'push', 'deploy', 'release'] as const;
export type DeliveryStep = (typeof DELIVERY_STEPS)[number];

export const STEP_STATES = ['waiting', 'running', 'done', 'skipped', 'failed', 'cancelled'] as const;
export type StepState = (typeof STEP_STATES)[number];

/** `waiting-for-retry`: a step has failed, and the delivery waits until somebody retries it or cancels. */
export const DELIVERY_STATES = ['running', 'waiting-for-retry', 'delivered', 'cancelled', 'ended-outside'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** The workflow id. One deployment has at most one open delivery. */
export function deliveryId(name: string): string {
  return `delivery/${name}`;
}

/** The input of a delivery. What could move meanwhile is pinned to what the plan has shown. */
export interface DeliveryInput {
  readonly name: string;
  readonly version: string;
  /** The arguments of delivery_plan, as they were checked. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly gitUrl: string;
  /** The full id of the commit of the source. */
  readonly sourceCommit: string;
  readonly branch: string;
  /** The commit of the user's repository that the plan followed. */
  readonly base: string;
  /** A kubeconfig context. */
  readonly cluster: string;
  readonly namespace: string;
  readonly startedBy: string;
  readonly requestId: string;
  /** The digest that delivery_plan has printed. Absent in deliveries of older versions. */
  readonly digest?: string;
  /** Who has started it, as the interface has found out. Absent in deliveries of older versions. */
  readonly proposer?: Sender;
}

/** What the steps so far have found out or made. A later step relies on it. */
export interface DeliveryFacts {
  /** The commit of the user's repository that the image is built from. */
  readonly commit?: string;
  /** The Git tree of the source in that commit. */
  readonly sourceTree?: string;
  /** Reference of the image, with its tag. */
  readonly image?: string;
  /** Id of the image in the store of the builder: `sha256:…`. */
  readonly imageId?: string;
  readonly builder?: string;
  /** The file with the lines of the build. */
  readonly log?: string;
  /** SHA-256 of the bills of materials, in hexadecimal digits. */
  readonly sbom?: { readonly spdx: string; readonly cyclonedx: string };
  /** Digest of the image in the registry. */
  readonly digest?: string;
  /** The commit whose files name the digest. */
  readonly pinnedCommit?: string;
  /** True: the objects were created by this delivery, so nothing older runs. */
  readonly first?: boolean;
  readonly releaseId?: string;
  readonly releaseRunId?: string;
}

export const FINDING_OUTCOMES = ['passed', 'failed', 'waived', 'not-run'] as const;

/** One result of a check. `not-run` never counts as passed. */
export interface DeliveryFinding {
  readonly check: string;
  readonly outcome: (typeof FINDING_OUTCOMES)[number];
  readonly text: string;
}

/** Why a step cannot go on. `code`: of the error catalogue. */
export interface DeliveryFailure {
  readonly code: string;
  readonly reason: string;
  readonly next?: string;
}

/** What a step has done. */
export interface StepDone {
  readonly reason: string;
  /** There was nothing to do for this step. */
  readonly skipped?: true;
  readonly facts: DeliveryFacts;
  /** Sizes and counts for people, by name. Times are those of the step itself. */
  readonly figures?: Readonly<Record<string, string | number>>;
  readonly findings?: readonly DeliveryFinding[];
  /** The step has come to its end, and what it found stops the delivery. */
  readonly refused?: DeliveryFailure;
}

/**
 * The input of a step. `attempt`: how often somebody has retried it, plus 1. It is part of the ids of what it starts.
 */
export interface StepWork {
  readonly input: DeliveryInput;
  readonly facts: DeliveryFacts;
  readonly runId: string;
  readonly attempt: number;
}

/** One step of a delivery. Times are epoch ms. */
export interface StepView {
  readonly step: DeliveryStep;
  readonly state: StepState;
  readonly attempts: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly reason?: string;
  readonly failure?: DeliveryFailure;
  readonly figures: Readonly<Record<string, string | number>>;
  readonly findings: readonly DeliveryFinding[];
}

/** One line of the story of a delivery. `at`: epoch ms. */
export interface DeliveryEvent {
  readonly at: number;
  readonly text: string;
  readonly who?: string;
}

/** The complete state of a delivery, as its query returns it and the journal keeps it. Times are epoch ms. */
export interface DeliveryView {
  readonly id: string;
  readonly runId: string;
  readonly input: DeliveryInput;
  readonly state: DeliveryState;
  readonly reason: string;
  readonly startedAt: number;
  readonly closedAt?: number;
  readonly steps: readonly StepView[];
  readonly facts: DeliveryFacts;
  readonly events: readonly DeliveryEvent[];
}

/** The commands of a delivery. */
export const DELIVERY_COMMANDS = ['retry', 'cancel'] as const;
export type DeliveryCommandName = (typeof DELIVERY_COMMANDS)[number];

/** What somebody has decided about a delivery. `at`: epoch ms. `step`: the one that had failed or was running. */
export interface DeliveryDecision {
  readonly at: number;
  readonly command: DeliveryCommandName;
  readonly who: string;
  readonly sender?: Sender;
  readonly step?: DeliveryStep;
}

/** A delivery in the journal. `decisions`: all so far. Absent in records of older versions. */
export interface DeliveryRecord extends DeliveryView {
  readonly decisions?: readonly DeliveryDecision[];
}

/** The step that runs, has failed, or was cancelled. Undefined at the end. */
export function currentStep({ steps }: Pick<DeliveryView, 'steps'>): StepView | undefined {
  return steps.find(({ state }) => state === 'running' || state === 'failed' || state === 'cancelled');
}

/** Markdown for the Temporal UI's "current details". */
export function describeDelivery(view: DeliveryView): string {
  const { gitUrl, sourceCommit, name, version, cluster, namespace } = view.input;
  return [
    `**${view.state}**: ${view.reason}`,
    '',
    `${name} ${version} from ${gitUrl} at \`${sourceCommit.slice(0, 12)}\` to ${namespace} on ${cluster}`,
    '',
    ...view.steps.map(
      ({ step, state, reason }) => `* **${step}**: ${state}${reason === undefined ? '' : `. ${reason}`}`,
    ),
  ].join('\n');
}
