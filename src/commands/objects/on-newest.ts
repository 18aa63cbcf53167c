import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { contentOf, sorted } from '../../domain/cluster-objects/differences.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { CommandContext } from '../command.ts';
import { carriedOut } from './carried-out.ts';
import type { Outcome, PlannedChange } from './draft.ts';
import { refuseReleases } from './release-guard.ts';

/** A controller at work writes a status several times a second. */
const ATTEMPTS = 8;

/**
 * Carries out a change also if only the status of its object was written since the plan, or if it follows another one.
 * Errors: those of `carriedOut`; CONFLICT if more was written, OWNED_BY_OTHER.
 */
export async function onNewest(context: CommandContext, change: PlannedChange): Promise<Outcome> {
  let current = change;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await carriedOut(context, current);
    } catch (error) {
      const moved = error instanceof SluiceError && error.code === 'CONFLICT';
      if (!moved || attempt === ATTEMPTS) throw error;
      const before = await context.ports.clusterObjects.read(change.at);
      if (!change.before || !isMeant(before, change.before, change.follows === true)) throw error;
      // A release may have begun since the plan.
      if (change.follows) await refuseReleases(context, { ...change, before });
      current = { ...change, before };
    }
  }
}

function isMeant(now: ApiObject, planned: ApiObject, mayDiffer: boolean): boolean {
  if (mayDiffer) return metaOf(now).uid === metaOf(planned).uid;
  const [a, b] = [now, planned].map((object) => JSON.stringify(sorted([metaOf(object).uid, contentOf(object)])));
  return a === b;
}
