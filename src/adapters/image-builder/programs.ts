import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BRIDGE_CONTEXT, BRIDGE_FILE } from '../../domain/onboarding/dockerfiles/bridge.ts';
import { imageReference, isLoopback } from '../../domain/onboarding/image-reference.ts';
import type { ImageAsked } from '../../ports/image-builder.ts';

/** Runs the program, and returns the lines of its output. */
export type Run = (args: readonly string[]) => Promise<readonly string[]>;

/** A program that builds and pushes images. A new one is an entry of PROGRAMS. */
export interface BuilderProgram {
  readonly name: string;
  /** Arguments of a call that fails if the program is not ready, for example without its daemon. */
  readonly ready: readonly string[];
  build(run: Run, asked: ImageAsked): Promise<void>;
  /** Arguments of a call that writes an image to a file in the format of `docker save`. */
  save(tag: string, file: string): readonly string[];
  /** Pushes one tag, and returns its digest. `folder`: for files of the call. */
  push(run: Run, tag: string, folder: string): Promise<string | undefined>;
}

const DIGEST = /sha256:[0-9a-f]{64}/;
const tagsOf = ({ tags }: ImageAsked): readonly string[] => tags.flatMap((tag) => ['--tag', tag]);
/** The folder with the bridge, which is beside the Dockerfile and not in the source. */
function bridgeOf({ dockerfile }: ImageAsked): readonly string[] {
  const folder = join(dirname(dockerfile), dirname(BRIDGE_FILE));
  return existsSync(folder) ? ['--build-context', `${BRIDGE_CONTEXT}=${folder}`] : [];
}
const tls = (tag: string): readonly string[] =>
  isLoopback(imageReference(tag).registry) ? ['--tls-verify=false'] : [];

/** buildah and podman. Docker's format keeps the health check; one time for all files makes builds repeatable. */
function likeBuildah(name: string, save: BuilderProgram['save']): BuilderProgram {
  return {
    name,
    ready: ['info'],
    async build(run, asked) {
      const flags = ['--layers', '--format=docker', `--timestamp=${asked.sourceDate}`];
      await run(['build', ...flags, ...tagsOf(asked), ...bridgeOf(asked), '--file', asked.dockerfile, asked.context]);
    },
    save,
    async push(run, tag, folder) {
      const file = join(folder, 'digest');
      await run(['push', ...tls(tag), '--format=v2s2', `--digestfile=${file}`, tag]);
      return DIGEST.exec(await readFile(file, 'utf8'))?.[0];
    },
  };
}

/** Docker builds with its daemon, and reads the time of the image from a build argument. */
const docker: BuilderProgram = {
  name: 'docker',
  ready: ['info'],
  async build(run, asked) {
    const date = ['--build-arg', `SOURCE_DATE_EPOCH=${asked.sourceDate}`];
    await run(['build', ...date, ...tagsOf(asked), ...bridgeOf(asked), '--file', asked.dockerfile, asked.context]);
  },
  save: (tag, file) => ['save', '--output', file, tag],
  push: async (run, tag) => DIGEST.exec((await run(['push', tag])).join('\n'))?.[0],
};

/** In the order in which they are tried. */
export const PROGRAMS: readonly BuilderProgram[] = [
  likeBuildah('buildah', (tag, file) => ['push', tag, `docker-archive:${file}`]),
  likeBuildah('podman', (tag, file) => ['save', '--format=docker-archive', '--output', file, tag]),
  docker,
];

/** The id of the image of a tag. Undefined if there is none. All programs have the same words for it. */
export async function idOf(run: Run, tag: string): Promise<string | undefined> {
  const [line = ''] = await run(['images', '--quiet', '--no-trunc', tag]);
  return DIGEST.exec(line)?.[0];
}
