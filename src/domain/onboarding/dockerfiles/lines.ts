import { USER_ID } from '../manifests/parts.ts';

/** Base images by digest, by the name that a Dockerfile of ours uses. */
export type BaseImages = Readonly<Record<string, string>>;

/** What the Dockerfile of a deployment says, and which of its base images have no digest. */
export interface Dockerfile {
  readonly text: string;
  readonly bases: readonly string[];
}

/** `FROM`, with the digest where one is known. */
export function from(image: string, stage: string, pinned: BaseImages): string {
  return `FROM ${pinned[image] ?? image} AS ${stage}`;
}

/** The end of every final stage: user, port and command. Words are written as JSON, so no shell reads them. */
export function endOf(port: number, start: readonly string[], health?: readonly string[]): readonly string[] {
  return [
    `USER ${USER_ID}:${USER_ID}`,
    `EXPOSE ${port}`,
    ...(health
      ? [`HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ${JSON.stringify(health)}`]
      : []),
    `CMD ${JSON.stringify(start)}`,
  ];
}

/**
 * The source and the steps on it. If the installation needs only some files, they are a layer of their own, so a change
 * of the code does not install the dependencies again.
 */
export function sourceLayers(
  files: readonly string[],
  install: readonly string[],
  steps: readonly string[],
): readonly string[] {
  if (files.length === 0) return ['COPY . .', ...run([...install, ...steps])];
  return [`COPY ${JSON.stringify([...files, './'])}`, ...run(install), 'COPY . .', ...run(steps)];
}

/** One instruction for all commands, because each instruction is a layer. */
const run = (commands: readonly string[]): readonly string[] =>
  commands.length === 0 ? [] : [`RUN ${commands.join(' && ')}`];
