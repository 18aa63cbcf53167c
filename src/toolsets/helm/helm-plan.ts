import type { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import type { Command } from '../../commands/command.ts';
import { actionOf, planInput } from '../../commands/objects/plan-command.ts';
import type { HelmAction } from './action.ts';
import { install } from './helm-install.ts';
import { rollback } from './helm-rollback.ts';
import { test } from './helm-test.ts';
import { uninstall } from './helm-uninstall.ts';
import { unlock } from './helm-unlock.ts';
import { upgrade } from './helm-upgrade.ts';
import { planLines, planOutput, planPage, toPlanOutput } from './plan-answer.ts';
import { withPlan } from './write-command.ts';

/** Every action that a plan can show. A new one is a file beside this one, and one line here. */
const ACTIONS: readonly HelmAction[] = [upgrade, install, rollback, uninstall, test, unlock];

const input = planInput('helm', ACTIONS).extend(planPage);

export const helmPlan: Command<z.ZodObject, typeof planOutput> = {
  name: 'helm_plan',
  title: 'Plan (diff): what a change of a release would do',
  description:
    'Renders and tries a change of a release without doing it: whether the account may do it, each field that would change in the cluster, what somebody has changed since, hooks, CRDs, and who else manages the objects. Its digest is needed for the change.',
  kind: 'read',
  idempotent: true,
  toolset: 'helm',
  input,
  output: planOutput,
  examples: [
    {
      title: 'Two pods instead of one',
      input: { action: 'upgrade', namespace: 'shop', name: 'site', chart: './charts/web', values: 'replicas: 2' },
    },
  ],
  check(raw) {
    const { action, cursor, ...asked } = parse(input, raw ?? {});
    const { fields, problems } = actionOf(ACTIONS, action);
    const given = parse(fields, asked);
    return { action, ...(cursor === undefined ? {} : { cursor }), ...parse(fields, given, problems?.(given) ?? []) };
  },
  run: (context, { action, cursor, ...asked }) =>
    withPlan(context, actionOf(ACTIONS, action), asked, async (plan) =>
      toPlanOutput(String(action), plan, cursor as string | undefined),
    ),
  text: planLines,
};
