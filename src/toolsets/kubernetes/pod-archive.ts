import { SluiceError } from '../../domain/errors.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { ContainerAt } from '../../ports/pod-streams.ts';
import { BoundedOutput } from './bounded-output.ts';
import type { PodPath } from './pod-path.ts';

/** Headers and fill bytes of an archive come on top of the contents of its files. */
const OVERHEAD = 4 * 1024 * 1024;
const STDERR = 4000;

/** A file or folder of a container as a tar archive. `bytes`: of its contents. Errors: those of `exec`. */
export async function archived(
  context: CommandContext,
  at: ContainerAt,
  { folder, name }: PodPath,
  bytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const tar = new BoundedOutput(bytes + OVERHEAD);
  const full = new AbortController();
  const take = (part: Uint8Array): void => {
    tar.add(part);
    if (tar.total > bytes + OVERHEAD) full.abort(tooLarge(name, bytes));
  };
  // A name that begins with a hyphen is no flag behind "./".
  const command = ['tar', '-cf', '-', '-C', folder, `./${name}`];
  const either = AbortSignal.any([signal, full.signal]);
  await run(context, at, { command, stdout: take, failed: 'Nothing was written.' }, either);
  full.signal.throwIfAborted();
  return tar.bytes();
}

function tooLarge(name: string, bytes: number): SluiceError {
  return new SluiceError('NOT_APPLICABLE', `${name} is larger than ${bytes} bytes. Nothing was written.`, {
    next: 'Copy a part of it, or raise max_bytes.',
  });
}

/** Unpacks a tar archive in a folder of a container. Errors: as `archived`. */
export async function stored(
  context: CommandContext,
  at: ContainerAt,
  { folder }: PodPath,
  tar: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const command = ['tar', '-xmf', '-', '-C', folder];
  const failed = 'A part of it may be in the container.';
  await run(context, at, { command, stdin: tar, stdout: () => undefined, failed }, signal);
}

interface Run {
  readonly command: readonly string[];
  readonly stdin?: Uint8Array;
  readonly stdout: (part: Uint8Array) => void;
  /** What a failure has left behind. */
  readonly failed: string;
}

async function run(
  { ports }: CommandContext,
  at: ContainerAt,
  { command, stdin, stdout, failed }: Run,
  signal: AbortSignal,
): Promise<void> {
  const stderr = new BoundedOutput(STDERR);
  const streams = { stdout, stderr: (part: Uint8Array) => stderr.add(part), ...(stdin && { stdin }) };
  const { exitCode } = await ports.podStreams.exec(at, command, streams, signal);
  if (exitCode === 0) return;
  const said = stderr.text().trim() || 'it said nothing';
  throw new SluiceError('NOT_APPLICABLE', `tar in ${at.pod} ended with exit code ${exitCode}: ${said}. ${failed}`, {
    next: 'Check the path and its rights with k8s_exec. The container needs the program tar.',
  });
}
