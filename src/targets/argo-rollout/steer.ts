import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../domain/errors.ts';
import type { Effect } from '../../domain/effect.ts';
import type { Owner, Target } from '../../domain/release/target.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { ClusterClient, PatchOperation } from '../../adapters/kubernetes/cluster-client.ts';
import { guardedWrite } from '../../adapters/kubernetes/guarded-write.ts';
import type { Decision } from '../../adapters/kubernetes/guarded-write.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { ownerOf } from '../../adapters/kubernetes/owner-mark.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { readReferencedObjects, readRollout, refOf } from './read.ts';
import type { Rollout } from './schema.ts';
import { toView } from './view.ts';

const FIRST_POLL_MS = 20;
const LAST_POLL_MS = 250;
/** Number of attempts at exactly the resource version that was read. Later attempts test the state instead. */
const VERSIONED_ATTEMPTS = 2;

/** A Rollout as it was read. */
export interface Now {
  readonly rollout: Rollout;
  readonly view: RolloutState;
}

/** A read of the Rollout, with the object that is written. */
interface Seen<Subject> extends Now {
  readonly subject: Subject;
  /** Resource version of the object that is written. */
  readonly resourceVersion: string;
}

/** The object that is written. Undefined if it is the Rollout itself. */
export type Versioned = { readonly resourceVersion: string } | undefined;

/**
 * One command: its write, and the test of its effect. `Subject`: the object that is written, when it is not the Rollout
 * itself.
 */
export interface Steering<Subject extends Versioned = undefined> {
  readonly decide: (rollout: Rollout, subject: Subject) => Decision<WriteResult>;
  /** What is missing for the effect to be proved. `before` is the state that was written to. */
  readonly missing: (now: Now, before: RolloutState) => string | undefined;
  readonly withinMs: number;
  /** The release whose owner mark does not prevent the write. */
  readonly over?: Owner;
  readonly subject?: { readonly ref: ObjectRef; readonly read: () => Promise<NonNullable<Subject>> };
}

/**
 * Reads, decides, writes once, and reads back until the effect is visible or the time is over. Errors: those of the
 * client.
 */
export async function steer<Subject extends Versioned = undefined>(
  client: ClusterClient,
  target: Target,
  steering: Steering<Subject>,
): Promise<Effect<RolloutState>> {
  const attempt = new Attempt(client, target, steering);
  const result = await attempt.write();
  const before = attempt.before;
  if ('refused' in result)
    return {
      changed: false,
      effective: 'refused',
      reason: `${result.detail}; nothing was written`,
      before,
      after: before,
    };
  const changed = result.changed || attempt.answerLost;
  const { after, missing } = await readBack(client, target, (now) => steering.missing(now, before), steering.withinMs);
  const lost = attempt.answerLost ? ' (the answer to the write was lost, so this is from what was read back)' : '';
  return {
    changed,
    effective: missing === undefined ? 'proved' : 'pending',
    reason: `${result.detail}${lost}${missing === undefined ? '' : `; not seen yet: ${missing}`}`,
    before,
    after,
  };
}

/**
 * Test operations for every field that decisions depend on. At an inconclusive analysis after a blue-green promotion
 * Argo writes the status twenty times a second (seen on 1.10.1), only to change a message. A write that tests the
 * resource version would then never succeed. A test for null passes when the field is absent.
 */
function stateTests({ metadata, spec, status }: Rollout): PatchOperation[] {
  const fields = [
    'observedGeneration',
    'currentPodHash',
    'stableRS',
    'currentStepIndex',
    'pauseConditions',
    'controllerPause',
    'abort',
    'promoteFull',
  ] as const;
  return [
    { op: 'test', path: '/metadata/generation', value: metadata.generation },
    {
      op: 'test',
      path: '/metadata/annotations/sluice.dev~1owner',
      value: metadata.annotations?.['sluice.dev/owner'] ?? null,
    },
    { op: 'test', path: '/spec/paused', value: spec.paused ?? null },
    ...fields.map((field) => ({ op: 'test' as const, path: `/status/${field}`, value: status[field] ?? null })),
  ];
}

/** A write and its progress. */
class Attempt<Subject extends Versioned> {
  /** True when a patch got no answer, so that it may have been carried out. */
  answerLost = false;
  readonly #client: ClusterClient;
  readonly #target: Target;
  readonly #steering: Steering<Subject>;
  #first: RolloutState | undefined;
  #last: RolloutState | undefined;
  #waiting: string | undefined;
  #attempts = 0;

  constructor(client: ClusterClient, target: Target, steering: Steering<Subject>) {
    this.#client = client;
    this.#target = target;
    this.#steering = steering;
  }

  /** The state that was written to. When the answer was lost, the state before it. */
  get before(): RolloutState {
    return (this.answerLost ? this.#first : this.#last) as RolloutState;
  }

  async write(): Promise<WriteResult> {
    const ref = this.#steering.subject?.ref ?? refOf(this.#target);
    try {
      return await guardedWrite(this.#noting(), {
        ref,
        read: () => this.#read(),
        decide: (seen) => this.#decide(seen),
      });
    } catch (error) {
      // The time to wait for the controller is over. The result is the object's state and not a conflict.
      if (error instanceof SluiceError && error.code === 'CONFLICT' && this.#waiting !== undefined && !this.answerLost)
        return { refused: true, detail: this.#waiting };
      throw error;
    }
  }

  #noting(): Pick<ClusterClient, 'jsonPatch'> {
    return {
      jsonPatch: async (...patch) => {
        try {
          return await this.#client.jsonPatch(...patch);
        } catch (error) {
          if (error instanceof SluiceError && error.code === 'CLUSTER_UNREACHABLE') this.answerLost = true;
          throw error;
        }
      },
    };
  }

  async #read(): Promise<Seen<Subject>> {
    const [now, subject] = await Promise.all([readNow(this.#client, this.#target), this.#steering.subject?.read()]);
    return {
      ...now,
      subject: subject as Subject,
      resourceVersion: subject?.resourceVersion ?? now.view.resourceVersion,
    };
  }

  #decide({ rollout, view, subject }: Seen<Subject>): Decision<WriteResult> {
    this.#first ??= view;
    this.#last = view;
    const owner = ownerOf(rollout.metadata.annotations);
    const { over } = this.#steering;
    if (owner && (owner.releaseId !== over?.releaseId || owner.runId !== over.runId))
      return refused(`release ${plainLine(owner.releaseId)} has taken the Rollout`);
    const decision = this.#steering.decide(rollout, subject);
    this.#waiting = 'wait' in decision ? decision.wait : undefined;
    this.#attempts += 1;
    const overtaken = this.#attempts > VERSIONED_ATTEMPTS && !this.#steering.subject;
    return overtaken && 'patch' in decision
      ? { ...decision, patch: [...stateTests(rollout), ...decision.patch], unversioned: true }
      : decision;
  }
}

/** Reads until nothing is missing or the time is over. */
async function readBack(
  client: ClusterClient,
  target: Target,
  missingIn: (now: Now) => string | undefined,
  withinMs: number,
): Promise<{ after: RolloutState; missing: string | undefined }> {
  const deadline = performance.now() + withinMs;
  for (let poll = FIRST_POLL_MS; ; poll = Math.min(poll * 2, LAST_POLL_MS)) {
    const now = await readNow(client, target);
    const missing = missingIn(now);
    if (missing === undefined || performance.now() > deadline) return { after: now.view, missing };
    await sleep(poll);
  }
}

export async function readNow(client: ClusterClient, target: Target): Promise<Now> {
  const rollout = await readRollout(client, target);
  return { rollout, view: toView(target, rollout, await readReferencedObjects(client, target, rollout)) };
}

export const refused = (detail: string): Decision<WriteResult> => ({ done: { refused: true, detail } });
export const unchanged = (detail: string): Decision<WriteResult> => ({ done: { changed: false, detail } });
