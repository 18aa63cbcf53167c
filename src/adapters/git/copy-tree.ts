import type { OpenSource } from '../../ports/source-repositories.ts';
import { git } from './run.ts';

/** Copies the objects of one tree into another repository, without a commit and without history. */
export async function copyTree({ store, tree }: OpenSource['objects'], repository: string): Promise<void> {
  const pack = await git({ args: ['pack-objects', '--revs', '--stdout', '-q'], cwd: store, input: `${tree}\n` });
  await git({ args: ['unpack-objects', '-q', '--strict'], cwd: repository, input: pack });
}
