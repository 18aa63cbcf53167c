import { loadStats, resetLoadStats, type AppStats } from '../../sandbox/index.ts';
import type { ReleaseOutput } from '../../src/contract/release-view.ts';
import { withRetries } from '../with-retries.ts';
import { FIRST_IMAGE, NAMESPACE } from './objects.ts';
import type { Place } from './place.ts';
import { fileOf, type Caller } from './plan.ts';
import type { Shape } from './shape.ts';

const RPS = 40;
const GOOD = 'shop:v2';
const BAD = 'shop:v3-errors-60';

/** Where a release of a shape happens. */
export interface Releasing {
  readonly place: Place;
  readonly caller: Caller;
  readonly shape: Shape;
  readonly strategy: string;
}

/** What argo_get_rollout_status says of a Rollout's state. */
interface Rest {
  readonly phase: string;
  readonly message: string;
  readonly aborted: boolean;
}

type Seen = ReleaseOutput & { readonly cursor: string };

/** Releases a good and then a bad version. Answers what went wrong; nothing if both ended as they should. */
export async function releaseBoth(releasing: Releasing): Promise<readonly string[]> {
  const { place, shape } = releasing;
  const key = `${NAMESPACE}/${shape.name}`;
  await place.load(shape, RPS);
  await resetLoadStats(place.sandbox, key);
  try {
    const sameImage = shape.update !== undefined && !JSON.stringify(shape.update).includes('IMAGE');
    const good = await release(releasing, sameImage ? FIRST_IMAGE : GOOD, 'succeeded');
    const withoutBad = good.length > 0 || shape.goodOnly !== undefined;
    const bad = withoutBad ? [] : await release(releasing, BAD, 'rolled-back');
    const stats = (await loadStats(place.sandbox, key)).apps[key];
    return [...good, ...bad, ...(stats ? strayFailures(stats) : ['no request was sent'])];
  } finally {
    await place.load(shape, 0);
  }
}

async function release(
  { place, caller, shape, strategy }: Releasing,
  image: string,
  wanted: string,
): Promise<readonly string[]> {
  if (shape.update) await place.patch(shape, 'rollouts', shape.update, image);
  const file = fileOf(place, shape, strategy, image);
  const { release_id: id } = await caller.call<{ release_id: string }>('release_start', file);
  const { state, reason } = await ended(caller, id);
  if (state !== wanted) return [`${image}: ${state} instead of ${wanted}: ${reason}`];
  const joinedBad = shape.update !== undefined && wanted === 'rolled-back';
  return joinedBad ? [] : rested(place, caller, shape);
}

async function ended(caller: Caller, id: string): Promise<Seen> {
  for (let cursor: string | undefined; ; ) {
    const args = { release_id: id, timeout_seconds: 25, ...(cursor === undefined ? {} : { cursor }) };
    const seen = await withRetries(() => caller.call<Seen>('release_wait', args));
    if (seen.closed_at !== undefined) return seen;
    cursor = seen.cursor;
    const question = seen.waiting;
    if (question)
      await caller.call('release_abort', { release_id: id, reason: `it asked: ${question.for}`, confirm: id });
  }
}

/** After a release the Rollout is Healthy, without weight on the candidate and without an owner. */
async function rested({ sandbox }: Place, caller: Caller, { name }: Shape): Promise<readonly string[]> {
  const target = { cluster: sandbox.context, namespace: NAMESPACE, name };
  const { phase, message, aborted } = await caller.call<Rest>('argo_get_rollout_status', target);
  return phase === 'Healthy' && !aborted ? [] : [`after the release the Rollout is ${phase}: ${message}`];
}

/** Failed requests that are not answers of the bad version. */
function strayFailures({ versions, connectionErrorCodes }: AppStats): readonly string[] {
  const bad = BAD.slice(BAD.indexOf(':') + 1);
  const failed = Object.entries(versions).flatMap(([version, { status }]) =>
    Object.entries(status)
      .filter(([code]) => version !== bad && Number(code) >= 400)
      .map(([code, count]) => `${count} answers ${code} of ${version}`),
  );
  return [
    ...failed,
    ...Object.entries(connectionErrorCodes).map(([code, count]) => `${count} requests ended in ${code}`),
  ];
}
