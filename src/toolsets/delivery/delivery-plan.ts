import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { askedInput } from './asked.ts';
import { foundFields, foundIn, foundLines, type Found } from './answer.ts';
import { onboarding, type Onboarding } from './onboarding.ts';
import { blocker } from './blocker.ts';

const output = z.strictObject({
  ...foundFields,
  deployment_yaml: z.string(),
  dockerfile: z.string(),
  digest: z.string().describe('Pass it to delivery_onboard, with the same arguments.'),
  blocked: z.string().optional().describe('Why delivery_onboard would refuse.'),
  next: z.string(),
});

export const deliveryPlan: Command<typeof askedInput, typeof output> = {
  name: 'delivery_plan',
  title: 'What a repository becomes',
  description:
    'The plan of a delivery: reads a Git repository at one commit and shows how its service would be built, started and deployed: language, lock file, start command, MCP transport, and every file of deployments/<name>. Nothing is written, and no program of the repository runs.',
  kind: 'read',
  idempotent: true,
  toolset: 'delivery',
  positional: ['git_url', 'name', 'version'],
  input: askedInput,
  output,
  examples: [
    {
      title: 'A Node.js service',
      input: { git_url: 'https://git.example.com/team/web.git', name: 'web', version: 'v1.0.0' },
    },
  ],
  check: (raw) => parse(askedInput, raw ?? {}),
  touches: touchesNothing,
  run: (context, asked) => onboarding(context, asked, async (found) => answerOf(found)),
  text: (found) => [...foundLines(found as Found), ...(found.next === '' ? [] : [found.next])].join('\n'),
};

function answerOf(found: Onboarding): z.output<typeof output> {
  const textOf = (path: string): string => found.plan.files.find((file) => file.path === path)?.text ?? '';
  const error = blocker(found);
  const blocked = error && `${error.message} ${error.next}`;
  const next = blocked
    ? `Nothing was written, and delivery_onboard would refuse: ${blocked}`
    : `Nothing was written. To write it, call delivery_onboard with the same arguments and digest "${found.digest}".`;
  return {
    ...foundIn(found),
    deployment_yaml: textOf('deployment.yaml'),
    dockerfile: textOf('Dockerfile'),
    digest: found.digest,
    ...(blocked ? { blocked } : {}),
    next,
  };
}
