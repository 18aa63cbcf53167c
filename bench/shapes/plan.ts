import type { PlanOutput } from '../../src/toolsets/release/plan-output.ts';
import { filled, merged, NAMESPACE } from './objects.ts';
import type { Place } from './place.ts';
import type { End, Shape } from './shape.ts';

/** Calls a tool of the server, and answers its structured content. */
export interface Caller {
  call<T>(tool: string, args: Record<string, unknown>): Promise<T>;
}

/** What a plan says of a shape. `problem`: it stumbles, and why. */
export interface Planned {
  readonly end: End | 'stumbled';
  /** The strategy of the release. Absent if no release is possible. */
  readonly strategy?: string;
  /** What is driven or watched, or the line to change. */
  readonly says: string;
}

/** The image that plans name. No pod of it is started. */
const NEXT_IMAGE = 'shop:v2';
const WATCHED = 'watched-canary';
/** A field of an object or of the release file, in the words of a plan. */
const LINE = /\b(spec|metadata)\.[a-z][\w.[\]]+|\b(container|split): \S/;

/** A release file with short times, and the shape's own fields. Without a strategy it has that of the Rollout. */
export function fileOf(
  place: Place,
  shape: Shape,
  strategy: string | undefined,
  image: string,
): Record<string, unknown> {
  const file = {
    target: { cluster: place.sandbox.context, namespace: NAMESPACE, rollout: shape.name },
    image,
    ...(strategy === undefined ? {} : { strategy }),
    analysis: { judge: 'limits', soak: '2s', min_requests: 10, success_ratio: 0.95, p95_ms: 500, hold: '60s' },
    ...(strategy === 'blue-green' ? { steps: [50, 100] } : {}),
    require_manual_promotion: false,
    guard: '0',
    timeouts: { step: '180s', decision: '60s', rollback: '180s' },
  };
  return merged(file, filled(shape.release, shape, place.values(image))) as Record<string, unknown>;
}

/** Plans a release of the shape: with the strategy of the Rollout, and otherwise with Argo's own steps. */
export async function planShape(place: Place, caller: Caller, shape: Shape): Promise<Planned> {
  // Its steps belong to the strategy, so the file has to name it. A canary may turn out to have no router.
  const own = await plan(place, caller, shape, shape.base === 'canary' ? undefined : shape.base);
  if (own.ready && shape.update === undefined) return ready('driven', own);
  const watched = await plan(place, caller, shape, WATCHED);
  if (watched.ready) return ready('watched', watched);
  return refused(shape.base === 'canary' && own.ready ? watched : own);
}

/** Does what the line says, and plans again. Undefined if a release is then possible, or the shape has no change. */
export async function stillRefused(place: Place, caller: Caller, shape: Shape): Promise<string | undefined> {
  if (!shape.changed) return undefined;
  const { rollout, traefikService, release = {} } = shape.changed;
  if (rollout) await place.patch(shape, 'rollouts', rollout);
  if (traefikService) await place.patch(shape, 'traefikservices', traefikService);
  await place.settled(shape);
  const after = await planShape(place, caller, {
    ...shape,
    release: merged(shape.release, release) as object as Shape['release'],
  });
  return after.strategy === undefined ? `after the change: ${after.says}` : undefined;
}

function plan(place: Place, caller: Caller, shape: Shape, strategy?: string): Promise<PlanOutput> {
  return caller.call<PlanOutput>('release_plan', fileOf(place, shape, strategy, NEXT_IMAGE));
}

function ready(end: End, { strategy, weights, checks }: PlanOutput): Planned {
  const warnings = checks.filter(({ ok, next }) => ok && next !== undefined).map(({ name }) => name);
  const warned = warnings.length > 0 ? `; warns of: ${warnings.join(', ')}` : '';
  return { end, strategy, says: `${strategy}: ${weights.join(', ')}${warned}` };
}

function refused({ checks }: PlanOutput): Planned {
  const bad = checks.filter(({ ok }) => !ok);
  const lines = bad.map(({ next = '' }) => next).filter((next) => LINE.test(next));
  const [first] = lines;
  if (first !== undefined) return { end: 'refused', says: first };
  return {
    end: 'stumbled',
    says: bad.map(({ name, detail, next }) => `${name}: ${detail} → ${next ?? 'nothing'}`).join('; '),
  };
}
