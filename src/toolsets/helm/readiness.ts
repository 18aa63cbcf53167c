import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { objectState } from '../../domain/helm/object-state.ts';
import type { HelmReleaseAt } from '../../domain/helm/release.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import type { CommandContext } from '../../commands/command.ts';
import { objectText } from '../../commands/objects/located.ts';
import { troubledPods } from '../../commands/objects/troubled-pods.ts';
import { each } from './each.ts';
import { liveObject, locatedObject, type RenderedObject } from './located-objects.ts';

export const problemRow = z.strictObject({
  object: z.string(),
  state: z.enum(['missing', 'progressing', 'failed', 'not_read']),
  reason: z.string(),
  pods: z.array(z.strictObject({ name: z.string(), problem: z.string() })),
});
export type Problem = z.output<typeof problemRow>;

export interface Readiness {
  readonly total: number;
  readonly problems: readonly Problem[];
}

/** Which objects of a release are not there or not ready, and why. */
export async function readinessOf(
  context: CommandContext,
  release: HelmReleaseAt,
  objects: readonly ApiObject[],
): Promise<Readiness> {
  const problems = await each(objects, async (object) =>
    problemOf(context, await locatedObject(context, release, object)),
  );
  return { total: objects.length, problems: problems.filter((one) => one !== undefined) };
}

async function problemOf(context: CommandContext, { at, kind, name }: RenderedObject): Promise<Problem | undefined> {
  if (!at) return problem(`${kind} ${name}`, 'missing', 'The cluster does not serve its kind.');
  const what = objectText(at);
  try {
    const live = await liveObject(context, at);
    if (!live) return problem(what, 'missing', 'It does not exist.');
    const { state, message } = objectState(live);
    if (state === 'complete') return undefined;
    return { ...problem(what, state, message), pods: await troubledPods(context, at, live) };
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'FORBIDDEN')) throw error;
    return problem(what, 'not_read', error.message);
  }
}

function problem(object: string, state: Problem['state'], reason: string): Problem {
  return { object, state, reason: maskSecrets(cleanText(reason, 300)), pods: [] };
}

/** "Deployment shop/web: 0 of 2 pods are available. web-1, web-2: ImagePullBackOff" */
export function problemText(problem: Problem): string {
  const [head = '', ...pods] = problemLines(problem);
  return pods.length === 0 ? head : `${head} ${pods.map((line) => line.trim()).join('; ')}`;
}

const MAX_REASONS = 3;
const MAX_NAMES = 3;

/** As `problemText`, with a line for each reason that pods have. Pods with the same reason share it. */
export function problemLines({ object, reason, pods }: Problem): readonly string[] {
  const reasons = [...Map.groupBy(pods, ({ problem: why }) => why)].slice(0, MAX_REASONS);
  return [
    `${object}: ${reason}`,
    ...reasons.map(([why, those]) => {
      const names = those.slice(0, MAX_NAMES).map(({ name }) => name);
      const more = those.length > names.length ? ` and ${those.length - names.length} more` : '';
      return `  ${names.join(', ')}${more}: ${why}`;
    }),
  ];
}
