import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from './place.ts';
import { planShape, stillRefused, type Caller, type Planned } from './plan.ts';
import { releaseBoth } from './release.ts';
import type { End, Shape } from './shape.ts';

const PLANS = 5;
const BETWEEN_PLANS_MS = 2_000;

/** What was found of one shape. */
export interface Found extends Pick<Planned, 'says'> {
  readonly shape: Shape;
  readonly end: End | 'stumbled';
  /** Whether a good and a bad version of it were released. */
  readonly released: boolean;
}

export interface Walk {
  readonly place: Place;
  readonly caller: Caller;
  /** If true, nothing is released. */
  readonly planOnly: boolean;
}

/** Makes one shape, plans it, releases a good and a bad version where that is possible, and removes it. */
async function walk(how: Walk, shape: Shape): Promise<Found> {
  try {
    return await found(how, shape);
  } catch (error) {
    return { shape, end: 'stumbled', says: error instanceof Error ? error.message : String(error), released: false };
  } finally {
    await how.place.remove(shape);
  }
}

/** A busy machine answers late, so a plan that is not as the shape says is made again. */
async function plannedInTime(place: Place, caller: Caller, shape: Shape): Promise<Planned> {
  for (let left = PLANS; ; left -= 1) {
    const planned = await planShape(place, caller, shape).catch((error: unknown): Planned => {
      if (left === 1) throw error;
      return { end: 'stumbled', says: String(error) };
    });
    if (planned.end === shape.end || left === 1) return planned;
    await sleep(BETWEEN_PLANS_MS);
  }
}

async function found({ place, caller, planOnly }: Walk, shape: Shape): Promise<Found> {
  await place.make(shape);
  const planned = await plannedInTime(place, caller, shape);
  const stumbled = (why: string): Found => ({ shape, end: 'stumbled', says: why, released: false });
  if (planned.end === 'stumbled') return stumbled(planned.says);
  if (planned.end !== shape.end) return stumbled(`${planned.end} instead of ${shape.end}: ${planned.says}`);
  if (planned.strategy === undefined) {
    const unnamed = shape.line !== undefined && !planned.says.includes(shape.line);
    const problem = unnamed ? `does not name ${shape.line}: ${planned.says}` : await stillRefused(place, caller, shape);
    return problem === undefined ? { shape, ...planned, released: false } : stumbled(problem);
  }
  if (planOnly || shape.plannedOnly !== undefined) return { shape, ...planned, released: false };
  const problems = await releaseBoth({ place, caller, shape, strategy: planned.strategy });
  return problems.length === 0 ? { shape, ...planned, released: true } : stumbled(problems.join('; '));
}

/** Walks through every shape in so many lanes. `done` is called after each. */
export async function walkAll(
  how: Walk,
  shapes: readonly Shape[],
  lanes: number,
  done: (found: Found, count: number) => void = () => undefined,
): Promise<readonly Found[]> {
  const left = [...shapes];
  const all: Found[] = [];
  const lane = async (): Promise<void> => {
    for (let shape = left.shift(); shape; shape = left.shift()) {
      const one = await walk(how, shape);
      all.push(one);
      done(one, all.length);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return all;
}
