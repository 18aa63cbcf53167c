import type { ReleaseState } from '../../src/domain/release/state.ts';
import { ToolError } from './mcp-client.ts';
import type { Release } from './releases-release.ts';
import type { ReleaseOverrides, Stage } from './releases-stage.ts';

/** Every state of an open release in which a fault can happen. */
export const OPEN_STATES = [
  'preflight',
  'waiting-for-approval',
  'starting',
  'shifting',
  'verifying',
  'soaking',
  'judging',
  'waiting-for-decision',
  'paused',
  'promoting',
  'aborting',
] as const satisfies readonly ReleaseState[];
export type OpenState = (typeof OPEN_STATES)[number];

/** States whose histories represent those of other states, because the fault has much the same effect in each. */
const REPRESENTATIVE: readonly OpenState[] = ['shifting', 'soaking', 'promoting', 'aborting'];

/** The name under which a history is stored for the replay tests. Empty if another state represents it. */
export function recordedAs(fault: string, state: OpenState): { record?: string } {
  return REPRESENTATIVE.includes(state) ? { record: `${fault}-${state}` } : {};
}

/** A release that stays in a state until `letGo` is called. */
export interface Held {
  readonly release: Release;
  /** The port operation before which a worker waits. If absent, the release waits for a decision or for its clock. */
  readonly op?: string;
  /** Lets the release continue to its end. Does nothing when it has already ended. */
  letGo(): Promise<void>;
}

type Way = (stage: Stage, file: ReleaseOverrides) => Promise<Held>;

/** Starts a release of a good version and brings it to the state. */
export async function bringTo(state: OpenState, stage: Stage, file: ReleaseOverrides = {}): Promise<Held> {
  return WAYS[state](stage, file);
}

const ENDS = 'workload.advance';
const shifts = (stage: Stage) => (stage.strategy === 'canary' ? 'workload.advance' : 'split.setWeight');

const WAYS: Readonly<Record<OpenState, Way>> = {
  preflight: (stage, file) => startHeld(stage, file, 'workload.claim'),
  starting: (stage, file) => startHeld(stage, file, 'workload.setImage'),
  shifting: (stage, file) => startHeld(stage, file, shifts(stage)),

  async 'waiting-for-approval'(stage, file) {
    const release = await stage.start('', { approval: { required: true }, ...file });
    await release.reaches('waiting-for-approval');
    return waiting(release, () => release.approve());
  },

  /** Preflight reads the proxies too, so the hold is set up after it. */
  async verifying(stage, file) {
    const { release } = await startHeld(stage, file, 'workload.setImage');
    stage.arm('split.inForce', 'before', 'hold');
    stage.letGo('workload.setImage', 'before');
    await release.reaches('verifying');
    return held(stage, release, 'split.inForce');
  },

  async soaking(stage, file) {
    const release = await stage.start('', { ...file, analysis: { soak: '8s', ...file.analysis } });
    await release.reaches('soaking');
    return waiting(release, async () => undefined);
  },

  /** The guard reads the counters too and is held with the judge. Preflight reads them before. */
  async judging(stage, file) {
    const { release } = await startHeld(stage, file, 'workload.setImage');
    stage.arm('evidence.counters', 'before', 'hold');
    stage.letGo('workload.setImage', 'before');
    await release.reaches('judging');
    return held(stage, release, 'evidence.counters');
  },

  async 'waiting-for-decision'(stage, file) {
    const release = await stage.start('', { require_manual_promotion: true, ...file });
    await release.reaches('waiting-for-decision');
    return waiting(release, () => release.promoteAll());
  },

  async paused(stage, file) {
    const release = await stage.start('', { ...file, analysis: { soak: '4s', ...file.analysis } });
    await release.reaches('soaking');
    await release.pause({ reason: 'lunch' });
    await release.reaches('paused');
    return waiting(release, () => release.resume());
  },

  /**
   * The operation that ends the last pause of a canary ends earlier pauses too. So the last step waits for a person
   * until the hold is set up.
   */
  async promoting(stage, file) {
    const release = await stage.start('', { require_manual_promotion: true, ...file });
    for (const index of [0, 1]) {
      const asked = await release.until(
        `step ${index} waits for promote`,
        ({ step, waiting }) => step?.index === index && waiting?.for === 'promotion',
      );
      if (asked.step?.index === (asked.step?.of ?? 0) - 1) break;
      await release.promote();
    }
    stage.arm(ENDS, 'before', 'hold');
    await release.promote();
    await release.reaches('promoting');
    return held(stage, release, ENDS);
  },

  async aborting(stage, file) {
    const release = await stage.start('', { ...file, analysis: { soak: '20s', ...file.analysis } });
    await release.reaches('soaking');
    stage.arm('workload.abort', 'before', 'hold');
    await release.abort({ reason: 'to see it abort' });
    return held(stage, release, 'workload.abort');
  },
};

async function startHeld(stage: Stage, file: ReleaseOverrides, op: string): Promise<Held> {
  stage.arm(op, 'before', 'hold');
  return held(stage, await stage.start('', file), op);
}

async function held(stage: Stage, release: Release, op: string): Promise<Held> {
  await stage.reached(op, 'before');
  return { release, op, letGo: async () => stage.letGo(op, 'before') };
}

function waiting(release: Release, answer: () => Promise<unknown>): Held {
  const letGo = async () => {
    await answer().catch((error: unknown) => {
      if (!(error instanceof ToolError && ['RELEASE_CLOSED', 'NOT_WAITING'].includes(error.code))) throw error;
    });
  };
  return { release, letGo };
}
