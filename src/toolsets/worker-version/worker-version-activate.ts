import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { BUILD_FORM } from '../../domain/worker-build.ts';
import { touchesNothing, type Command, type CommandContext, type Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';

const input = z.strictObject({
  build: z.string().regex(BUILD_FORM).describe('As worker_version_list names it.'),
  confirm: confirmField,
});
const output = z.strictObject({ build: z.string(), before: z.string().optional(), changed: z.boolean() });

export const workerVersionActivate: Command<typeof input, typeof output> = {
  name: 'worker_version_activate',
  title: 'Give new releases to a build',
  description:
    'New releases go to the workers of this build from now on; open ones stay where they are. Also the way back to an older build. Needs confirm: the build.',
  kind: 'destructive',
  needs: 'admin',
  idempotent: true,
  toolset: 'worker-version',
  positional: ['build'],
  input,
  output,
  examples: [{ title: 'Back to the build before', input: { build: '1.4.0-0a1b2c3d4e', confirm: '1.4.0-0a1b2c3d4e' } }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchesNothing,
  confirmation: (context, { build }) => confirmationOf(context, build),
  async run(context, { build, confirm }) {
    requireConfirmation(await confirmationOf(context, build), confirm);
    const before = await currentOf(context);
    await context.gateway.builds.setCurrent(build, context.caller.id);
    return { build, ...(before !== undefined && { before }), changed: before !== build };
  },
  text: ({ build, before, changed }) =>
    changed
      ? `New releases go to the build ${build}${before === undefined ? '' : `, no longer to ${before}`}.`
      : `New releases went to the build ${build} already.`,
};

async function currentOf({ gateway }: CommandContext): Promise<string | undefined> {
  return (await gateway.builds.list()).find(({ state }) => state === 'current')?.build;
}

async function confirmationOf(context: CommandContext, build: string): Promise<Confirmation> {
  const current = await currentOf(context);
  const now = current === undefined ? 'no build' : current;
  return { value: build, question: `Give new releases to the build ${build}? They go to ${now} now.` };
}
