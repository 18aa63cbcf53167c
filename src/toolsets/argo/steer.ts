import { z } from 'zod';
import { effectFields, effectProblem } from '../../contract/effect.ts';
import { parse } from '../../contract/parse.ts';
import { rolloutFields } from '../../contract/place.ts';
import { rolloutSnapshot } from '../../contract/rollout-snapshot.ts';
import { reason, requestId } from '../../contract/target.ts';
import type { Permission } from '../../domain/access/permission.ts';
import type { Effect } from '../../domain/effect.ts';
import type { Owner, Target } from '../../domain/release/target.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { Command, CommandContext, Kind } from '../../commands/command.ts';
import { requireConfirmation } from '../../commands/confirm.ts';
import { forwardToRelease, refuseOwned, type Meant } from '../../commands/owned.ts';
import { effectLines, targetOf, toSnapshot } from './rollout-answer.ts';

/** The fields of every steering tool: the place and the reason. */
export const steerFields = {
  ...rolloutFields,
  reason: reason.optional(),
};

/** The fields of tools whose call a release may take over. */
export const forwardableFields = {
  ...steerFields,
  request_id: requestId.optional(),
};

const output = z.strictObject(effectFields(rolloutSnapshot));
type Output = z.output<typeof output>;

/** The action of a call, decided on one read of the Rollout. */
export interface Plan {
  readonly view: RolloutState;
  /** The question that has to be confirmed first. */
  readonly question?: string | undefined;
  /** The command that the owning release gets instead. If absent, the call is refused. */
  readonly owned?: Meant;
  /** `over`: the mark of a release that cannot act. The write ignores this mark. */
  readonly act: (over?: Owner) => Promise<Effect<RolloutState> & { readonly next?: string | undefined }>;
}

export interface Steer<I extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: Kind;
  readonly needs?: Permission;
  readonly idempotent: boolean;
  readonly input: I;
  readonly example: z.input<I>;
  readonly plan: (context: CommandContext, target: Target, input: z.output<I>) => Promise<Plan>;
}

interface Common {
  readonly cluster?: string | undefined;
  readonly namespace: string;
  readonly name: string;
  readonly confirm?: string | undefined;
}

/** A tool that sends one command to one Rollout, or to the release that owns it. */
export function steerCommand<I extends z.ZodObject>(steer: Steer<I>): Command<I, typeof output> {
  const { plan, example, ...described } = steer;
  const planned = async (context: CommandContext, input: z.output<I>): Promise<Plan> =>
    plan(context, await targetOf(context, input as unknown as Common), input);
  const needed = (input: z.output<I>, question: string | undefined) => {
    const { namespace, name } = input as unknown as Common;
    return question === undefined ? undefined : { value: `${namespace}/${name}`, question };
  };
  return {
    ...described,
    toolset: 'argo',
    output,
    examples: [{ title: steer.title, input: example }],
    check: (raw) => parse(steer.input, raw ?? {}),
    confirmation: async (context, input) => needed(input, (await planned(context, input)).question),
    async run(context, input) {
      const decided = await planned(context, input);
      if (decided.view.owner && !decided.owned) refuseOwned(decided.view.owner, nameOf(decided.view));
      requireConfirmation(needed(input, decided.question), (input as unknown as Common).confirm);
      return perform(context, decided);
    },
    problem: effectProblem,
    text: (answer) => effectLines(answer).join('\n'),
  };
}

async function perform(context: CommandContext, { view, owned, act }: Plan): Promise<Output> {
  if (view.owner && owned) {
    const forwarded = await forwardToRelease(context, view.owner, view.target, owned);
    if (!('direct' in forwarded)) return { ...forwarded, reason: clean(forwarded.reason), before: toSnapshot(view) };
    return answer(await act(view.owner), view.owner, forwarded.direct);
  }
  return answer(await act());
}

/** `owner` and `direct`: the release that owns the Rollout, and the reason why it did not act itself. */
function answer(done: Awaited<ReturnType<Plan['act']>>, owner?: Owner, direct?: string): Output {
  const { before, after, next: wayOn, ...effect } = done;
  const beside = direct ? `${owner?.releaseId} owns the Rollout, but ${direct}: this was done without it. ` : '';
  const recover = owner && effect.effective !== 'refused';
  const next = recover
    ? `Call release_recover with release_id "${owner.releaseId}": it puts the rest in order.`
    : wayOn;
  return {
    ...effect,
    reason: clean(`${beside}${effect.reason}`),
    ...(before && { before: toSnapshot(before) }),
    ...(after && { after: toSnapshot(after) }),
    ...(next !== undefined && { next }),
    ...(owner && { release_id: owner.releaseId }),
  };
}

/** A refusal that the tool decides without a write to the cluster. */
export function refusal(
  view: RolloutState,
  why: string,
  next?: string,
): Effect<RolloutState> & { readonly next?: string | undefined } {
  return {
    changed: false,
    effective: 'refused',
    reason: `${why}; nothing was written`,
    before: view,
    after: view,
    next,
  };
}

export const nameOf = ({ target }: RolloutState): string => `Rollout ${target.namespace}/${target.rollout}`;

/** The state of a Rollout, for the end of a reason. */
export function describeState(view: RolloutState): string {
  if (view.podHash === view.stableHash) return `${view.podHash} is the stable version`;
  const held = view.pauseReasons.length > 0 ? `, held by ${view.pauseReasons.join(' and ')}` : '';
  return view.stepIndex === undefined
    ? `now ${view.phase}${held}`
    : `now at step ${view.stepIndex} of ${view.steps.length}${held}`;
}

const clean = (message: string): string => maskSecrets(cleanText(message, 1_500));
