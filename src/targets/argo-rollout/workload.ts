import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../domain/errors.ts';
import type { Owner, Target } from '../../domain/release/target.ts';
import type { WorkloadPort, WriteResult } from '../../ports/workload.ts';
import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import { describe, type ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { guardedWrite } from '../../adapters/kubernetes/guarded-write.ts';
import type { Decision } from '../../adapters/kubernetes/guarded-write.ts';
import { fenced } from '../../adapters/kubernetes/fenced.ts';
import { claim, fence, unclaim } from '../../adapters/kubernetes/owner.ts';
import { decideAbort, isAbortSeen } from './abort.ts';
import { decidePromoteBlueGreen, decidePromoteCanary, isActive, isPastStep, type CanaryStep } from './promote.ts';
import { readRevisions } from './history.ts';
import { readPods } from './pods.ts';
import { deploymentOf, readReferred, setReferredImage, type Referred } from './referred.ts';
import { parseRollout, readRollout, readView, refOf } from './read.ts';
import type { Rollout } from './schema.ts';
import { decideSetImage, type ImageChange } from './set-image.ts';
import { decideTemplate, templateOf } from './template-change.ts';
import { planTemplate, readDigest } from './template-write.ts';

/** How long the controller may take to act on a status patch. A reconcile takes well under a second. */
const CANARY_PROOF_MS = 3_000;
const BLUE_GREEN_PROOF_MS = 5_000;
/** The first reads are closer together, because the controller is usually fast. */
const FIRST_POLL_MS = 20;
const LAST_POLL_MS = 250;

/** WorkloadPort on Argo Rollouts ≥ 1.10, through the Kubernetes API, because Argo has no API of its own. */
export function createWorkload(clusters: Clusters): WorkloadPort {
  return {
    read: async (target) => readView(clusters.client(target.cluster), target),
    pods: async (target, podHash) => readPods(clusters.client(target.cluster), target, podHash),
    revisions: async (target) => readRevisions(clusters.client(target.cluster), target),
    templateDigest: (target) => readDigest(clusters.client(target.cluster), target),
    planTemplate: (target, wish) => planTemplate(clusters.client(target.cluster), target, wish),
    setImage: (target, change, owner) => setImage(clusters, target, change, owner),
    advance: (target, { podHash, stepIndex }, owner) =>
      write(
        clusters,
        target,
        owner,
        stepIndex === undefined ? endOnlyPause(target, podHash) : endPause(target, { podHash, stepIndex }),
      ),
    abort: (target, { podHash, template }, owner) =>
      write(clusters, target, owner, {
        decide: (rollout, workload, own) => decideAbort(rollout, target, podHash, { template, own }, workload),
        proof: { seen: isAbortSeen, withinMs: BLUE_GREEN_PROOF_MS, what: `abort ${podHash}` },
      }),
    claim: async (target, owner, over) => claim(clusters.client(target.cluster), refOf(target), owner, over),
    fence: async (target, owner) => fence(clusters.client(target.cluster), refOf(target), owner),
    unclaim: async (target, owner) => unclaim(clusters.client(target.cluster), refOf(target), owner),
  };
}

/** Ends the pause of one step of a canary. */
const endPause = (target: Target, at: CanaryStep): Write => ({
  decide: (rollout) => decidePromoteCanary(rollout, target, at),
  proof: {
    seen: (rollout) => isPastStep(rollout, at),
    withinMs: CANARY_PROOF_MS,
    what: `go past step ${at.stepIndex}`,
  },
});

/** Ends the only pause of a blue-green Rollout, before the switch. */
const endOnlyPause = (target: Target, podHash: string): Write => ({
  decide: (rollout) => decidePromoteBlueGreen(rollout, target, podHash),
  proof: {
    seen: (rollout) => isActive(rollout, podHash),
    withinMs: BLUE_GREEN_PROOF_MS,
    what: `make ${podHash} active`,
  },
});

/** In the Rollout itself, or in the Deployment that it takes its template from. */
async function setImage(clusters: Clusters, target: Target, change: ImageChange, owner: Owner): Promise<WriteResult> {
  let referred: ObjectRef | undefined;
  // For a Deployment this write tests the owner mark of the Rollout and raises its epoch, and changes nothing else.
  const result = await write(clusters, target, owner, {
    decide: (rollout, _workload, template) => {
      referred = deploymentOf(rollout);
      const handedOn = { changed: false, detail: 'the image is in the Deployment' };
      if (referred) return { done: handedOn };
      return change.template && rollout.spec.workloadRef === undefined
        ? decideTemplate(`Rollout ${target.rollout}`, template, change.template)
        : decideSetImage(rollout, target, change);
    },
  });
  if (!referred || 'refused' in result) return result;
  return setReferredImage(clusters.client(target.cluster), target, referred, change);
}

interface Write {
  /** `template`: that of the object itself, as it was read. */
  readonly decide: (rollout: Rollout, workload: Referred | undefined, template: unknown) => Decision<WriteResult>;
  /** The proof that is needed after a status patch, because Argo accepts patches that have no effect. */
  readonly proof?: Proof;
}

interface Proof {
  readonly seen: (rollout: Rollout) => boolean;
  readonly withinMs: number;
  readonly what: string;
}

async function write(clusters: Clusters, target: Target, owner: Owner, { decide, proof }: Write): Promise<WriteResult> {
  const client = clusters.client(target.cluster);
  const viewOf = (object: unknown) => {
    const rollout = parseRollout(object, target);
    return { rollout, resourceVersion: rollout.metadata.resourceVersion, template: templateOf(object) };
  };
  const ref = refOf(target);
  let workload: Referred | undefined;
  const result = await guardedWrite(client, {
    ref,
    read: async () => {
      const view = viewOf(await client.get(ref));
      workload = await readReferred(client, view.rollout);
      return view;
    },
    viewOf,
    decide: ({ rollout, template }) =>
      fenced({ annotations: rollout.metadata.annotations, owner, what: describe(ref) }, () =>
        decide(rollout, workload, template),
      ),
  });
  if (proof && !('refused' in result)) await waitFor(() => readRollout(client, target), proof);
  return result;
}

async function waitFor(read: () => Promise<Rollout>, proof: Proof): Promise<void> {
  const deadline = performance.now() + proof.withinMs;
  for (let poll = FIRST_POLL_MS; !proof.seen(await read()); poll = Math.min(poll * 2, LAST_POLL_MS)) {
    if (performance.now() > deadline)
      throw new SluiceError(
        'CONFLICT',
        `The patch was accepted, but the controller did not ${proof.what} within ${proof.withinMs} ms.`,
      );
    await sleep(poll);
  }
}
