import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { touchesNothing, type Command, type CommandContext } from '../../commands/command.ts';
import { digestField, requirePlanned } from '../../commands/objects/carried-plan.ts';
import { fileLines, foundFields, foundIn, type Found } from './answer.ts';
import { askedFields } from './asked.ts';
import { blocker } from './blocker.ts';
import { toWrite } from './folder.ts';
import { onboarding, type Onboarding } from './onboarding.ts';

const input = z.strictObject({
  ...askedFields,
  digest: digestField('delivery_plan'),
});
const output = z.strictObject({
  changed: z.boolean(),
  effective: z.literal('proved').describe('The branch was read back.'),
  reason: z.string(),
  commit_written: z.string().optional().describe('The new commit on the branch.'),
  ...foundFields,
  next: z.string().optional(),
});

export const deliveryOnboard: Command<typeof input, typeof output> = {
  name: 'delivery_onboard',
  title: 'Write a deployment',
  description:
    'Writes deployments/<name> as one commit on a branch of the repository that SLUICE_DEPLOYMENTS names, exactly as delivery_plan has shown it: the source, the Dockerfile, the Kubernetes files, deployment.yaml, build.sh and deploy.sh. The working tree stays as it is. Files that somebody has edited are kept.',
  kind: 'write',
  idempotent: true,
  toolset: 'delivery',
  positional: ['git_url', 'name', 'version'],
  input,
  output,
  examples: [
    {
      title: 'The planned service',
      input: {
        git_url: 'https://git.example.com/team/web.git',
        name: 'web',
        version: 'v1.0.0',
        digest: '0123456789abcdef',
      },
    },
  ],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchesNothing,
  run: (context, { digest, ...asked }) =>
    onboarding(context, asked, async (found) => {
      const blocked = blocker(found);
      if (blocked) throw blocked;
      requirePlanned('delivery_plan', `this plan of ${asked.git_url}`, found.digest, digest);
      return written(context, found);
    }),
  text: ({ changed, effective, reason, next, commit_written: _, ...found }) =>
    [outcomeText({ changed, effective, reason }), ...fileLines(found as Found), ...(next ? [next] : [])].join('\n'),
};

async function written(context: CommandContext, found: Onboarding): Promise<z.output<typeof output>> {
  const { branch } = found;
  const commit = await writtenCommit(context, found);
  if (commit === undefined)
    return { changed: false, effective: 'proved', reason: `the branch ${branch} is so already`, ...foundIn(found) };
  return {
    changed: true,
    effective: 'proved',
    reason: `commit ${commit.slice(0, 12)} is the end of the branch ${branch}`,
    commit_written: commit,
    ...foundIn(found),
    next: `Read it with \`git diff HEAD...${branch}\`, and check it out with \`git switch ${branch}\`.`,
  };
}

/** Writes the commit, and returns it. Undefined if the branch is so already. Errors: those of DeploymentsPort.write. */
export async function writtenCommit(context: CommandContext, found: Onboarding): Promise<string | undefined> {
  const { open, plan, branch, state, changes } = found;
  const { name, version } = plan.deployment;
  if (!state || !changes) return undefined;
  await context.progress(`writing to the branch ${branch}`);
  return context.delivery.deployments.write({
    name,
    branch,
    state,
    source: open.objects,
    files: plan.files.flatMap(toWrite),
    message: `Add ${name} ${version}\n\nSource: ${open.source.url} at ${open.source.commit}\nWritten by sluice onboard for ${context.caller.id}.\n`,
  });
}
