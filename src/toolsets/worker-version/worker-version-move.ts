import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { reason } from '../../contract/target.ts';
import { BUILD_FORM } from '../../domain/worker-build.ts';
import type { Command, Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { targetOf } from './build-words.ts';

const input = z.strictObject({
  run: z.string().min(1).max(800).describe('The id of a release, guard or delivery, as worker_version_list names it.'),
  build: z.string().regex(BUILD_FORM).describe('As worker_version_list names it.'),
  reason,
  confirm: confirmField,
});
const output = z.strictObject({ run: z.string(), build: z.string(), detail: z.string() });

export const workerVersionMove: Command<typeof input, typeof output> = {
  name: 'worker_version_move',
  title: 'Move a release to another build',
  description:
    'Ties an open release to another build, for when the workers of its own are gone for good. A newer build carries on the releases of older ones. Needs confirm: the id of the run.',
  kind: 'destructive',
  needs: 'admin',
  idempotent: true,
  toolset: 'worker-version',
  positional: ['run', 'build'],
  input,
  output,
  examples: [
    {
      title: 'The workers of the old build are lost',
      input: {
        run: 'release/prod/shop/web',
        build: '1.5.0-0a1b2c3d4e',
        reason: 'the image of 1.4.0 is gone',
        confirm: 'release/prod/shop/web',
      },
    },
  ],
  check: (raw) => parse(input, raw ?? {}),
  touches: async (_, { run }) => {
    const target = targetOf(run);
    return target ? [{ ...target, name: target.rollout }] : [];
  },
  confirmation: async (_, { run: id, build }) => confirmationOf(id, build),
  async run({ gateway, caller }, { run: id, build, confirm }) {
    requireConfirmation(confirmationOf(id, build), confirm);
    await gateway.builds.move(id, build, caller.id);
    const detail = `A worker of the build ${build} carries it from its next step on. If its code cannot, it stands still until it is moved back to a build that can.`;
    return { run: id, build, detail };
  },
  text: ({ run: id, build, detail }) => `${id} is tied to the build ${build} now. ${detail}`,
};

function confirmationOf(id: string, build: string): Confirmation {
  return { value: id, question: `Tie ${id} to the build ${build}?` };
}
