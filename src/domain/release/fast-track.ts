import { SWITCHED } from '../argo-strategies.ts';
import type { Revision, RolloutState } from '../rollout.ts';
import type { Facts, RolloutFacts } from './preflight-facts.ts';
import type { Check, ReleaseSpec } from './plan.ts';
import { changesFields } from '../template/template-change.ts';
import { bad, ok } from './preflight-checks.ts';

const NAME = 'fast track';
const ACCEPT =
  'set accept_fast_track: true to release it all the same; nothing then judges it before all users have it.';

/**
 * Argo moves all traffic at once, past every step, to a version that it treats as a rollback: a version inside
 * `spec.rollbackWindow`, or a version of a Rollout that switches at once whose pods still wait for their removal.
 * Source: argo-rollouts v1.10.1, rollout/context.go (isRollbackWithinWindow) and rollout/bluegreen.go
 * (isBlueGreenFastTracked).
 */
export function fastTrackCheck(spec: ReleaseSpec, facts: Facts, container: string | undefined): readonly Check[] {
  const { rollout, revisions } = facts;
  if (!mayFastTrack(rollout) || container === undefined) return [];
  if (typeof revisions === 'string') return [unknown(spec, revisions)];
  const reason = shortcutTo(
    { ...rollout.images, ...rollout.initImages, [container]: spec.image },
    spec.image,
    rollout,
    revisions ?? [],
    changesFields(facts.template),
  );
  if (reason === undefined) return [ok(NAME, `Argo has no shortcut to ${spec.image}`)];
  if (spec.acceptFastTrack)
    return [{ ...ok(NAME, `${reason}; the release accepts this`), next: 'Expect all users on it at once, unjudged.' }];
  const remedy =
    rollout.rollbackWindow === undefined
      ? 'Wait until Argo has removed its pods (scaleDownDelaySeconds)'
      : 'Remove spec.rollbackWindow';
  return [bad(NAME, reason, `${remedy}, or ${ACCEPT}`)];
}

function unknown({ acceptFastTrack, image }: ReleaseSpec, why: string): Check {
  const detail = `the ReplicaSets could not be read (${why}), so it is not known whether Argo would skip the steps to ${image}`;
  return acceptFastTrack
    ? ok(NAME, `${detail}; the release accepts this`)
    : bad(NAME, detail, `Grant the account to list ReplicaSets (deploy/rbac.yaml), or ${ACCEPT}`);
}

/** Whether Argo has shortcuts for this Rollout at all. Only then its ReplicaSets matter. */
export function mayFastTrack({ rollbackWindow, strategy }: Pick<RolloutState, 'rollbackWindow' | 'strategy'>): boolean {
  return rollbackWindow !== undefined || strategy === SWITCHED;
}

/** Whether the release accepts that Argo skips its steps. Nothing that is said of its steps then holds. */
export function skipsSteps(checks: readonly Check[]): boolean {
  return checks.some(({ name, ok: passed, next }) => name === NAME && passed && next !== undefined);
}

/** Why Argo would skip the steps to a template with these images. `changed`: more than images differs from stable, so
 * any other template may be meant. Undefined when it would not. */
function shortcutTo(
  images: Readonly<Record<string, string>>,
  image: string,
  rollout: RolloutFacts,
  revisions: readonly Revision[],
  changed: boolean,
): string | undefined {
  const wanted = textOf(images);
  const stable = revisions.find(({ podHash }) => podHash === rollout.stableHash);
  const known = revisions.filter(
    (revision) =>
      textOf(revision.images) === wanted &&
      (revision.templateDigest === (stable?.templateDigest ?? revision.templateDigest)) !== changed,
  );
  const inWindow = stable && known.find((revision) => isInWindow(revision, stable, revisions, rollout.rollbackWindow));
  if (inWindow)
    return `Argo would move all traffic to ${image} at once, past every step: its ReplicaSet ${inWindow.replicaSet} is in spec.rollbackWindow (${rollout.rollbackWindow} revisions)`;
  const running = rollout.strategy === SWITCHED ? known.find(({ scaleDownDue }) => scaleDownDue) : undefined;
  return running
    ? `Argo would switch all traffic to ${image} at once: pods of its ReplicaSet ${running.replicaSet} still run and wait for their removal`
    : undefined;
}

/** Whether few enough ReplicaSets were created between the two, as Argo counts them. */
function isInWindow(
  one: Revision,
  stable: Revision,
  revisions: readonly Revision[],
  window: number | undefined,
): boolean {
  const [born, stableBorn] = [Date.parse(one.createdAt), Date.parse(stable.createdAt)];
  if (window === undefined || !(born < stableBorn)) return false;
  const between = revisions.map(({ createdAt }) => Date.parse(createdAt)).filter((at) => born < at && at < stableBorn);
  return between.length < window;
}

const textOf = (images: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(images).toSorted(([a], [b]) => a.localeCompare(b)));
