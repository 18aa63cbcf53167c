import { join } from 'node:path';
import { SluiceError, type ErrorCode } from '../../domain/errors.ts';
import type { ImageAsked, ImageBuilderPort, Progress, PushAsked } from '../../ports/image-builder.ts';
import { inTemporaryFolder } from '../local/temporary-folder.ts';
import { idOf, PROGRAMS, type BuilderProgram, type Run } from './programs.ts';
import { openLog } from './log-file.ts';
import { ProgramFailure, runProgram } from '../local/run-program.ts';

export interface BuilderSettings {
  /** The name or the path of the program. Undefined: the first one that is ready. */
  readonly program?: string | undefined;
  /** The time limit of each call, in milliseconds. */
  readonly timeout: number;
  /** The folder of the logs. */
  readonly logs: string;
}

const READY_MS = 15_000;

/** Builds with buildah, podman or docker. The user's own login at the registry is used. */
export function createImageBuilder(settings: BuilderSettings): ImageBuilderPort {
  return {
    async build(asked, progress, signal) {
      const tool = await chosen(settings, signal);
      return logged(settings, { asked, tool, progress, signal }, async (run, log) => {
        await tool.kind.build(run, asked).catch(as('BUILD_FAILED', log));
        const id = await idOf(run, asked.tags[0] ?? '').catch(as('BUILD_FAILED', log));
        if (id === undefined)
          throw new SluiceError('BUILD_FAILED', `${tool.kind.name} shows no image after the build.`);
        return { id, builder: tool.kind.name, log };
      });
    },
    async push(asked, progress, signal) {
      const tool = await chosen({ ...settings, program: settings.program ?? asked.builder }, signal);
      return logged(settings, { asked, tool, progress, signal }, async (run, log) => {
        await requireHere(run, asked);
        return inTemporaryFolder('sluice-push-', (folder) => pushed(tool.kind, run, asked.tags, { folder, log }));
      });
    },
    async withArchive(asked, signal, use) {
      const tool = await chosen({ ...settings, program: settings.program ?? asked.builder }, signal);
      return inTemporaryFolder('sluice-image-', async (folder) => {
        const file = join(folder, 'image.tar');
        await logged(settings, { asked, tool, progress: () => undefined, signal }, async (run, log) => {
          await requireHere(run, asked);
          await run(tool.kind.save(asked.tags[0] ?? '', file)).catch(as('BUILD_FAILED', log));
        });
        return use(file);
      });
    },
  };
}

interface Call {
  readonly asked: Pick<ImageAsked, 'tags'>;
  readonly tool: Chosen;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Calls the program, and keeps its lines in a new log. */
async function logged<T>(
  { logs, timeout }: BuilderSettings,
  { asked, tool, progress, signal }: Call,
  work: (run: Run, log: string) => Promise<T>,
): Promise<T> {
  const log = openLog(logs, asked.tags[0] ?? '');
  const both = (line: string): void => {
    log.write(line);
    progress(line);
  };
  try {
    return await work((args) => runProgram({ program: tool.program, args, log: both, signal, timeout }), log.file);
  } finally {
    log.close();
  }
}

/** Errors: IMAGE_NOT_HERE. */
async function requireHere(run: Run, { tags, id }: PushAsked): Promise<void> {
  for (const tag of tags) {
    const found = await idOf(run, tag).catch(unknownImage);
    if (found === id) continue;
    throw new SluiceError('IMAGE_NOT_HERE', `${tag} is ${found ?? 'no image'} on this machine, and ${id} was built.`);
  }
}

/** buildah fails for an image that it does not have. */
function unknownImage(error: unknown): undefined {
  if (!(error instanceof ProgramFailure)) throw error;
}

interface Place {
  readonly folder: string;
  readonly log: string;
}

/** Every tag has to get the same digest. Errors: PUSH_FAILED. */
async function pushed(
  kind: BuilderProgram,
  run: Run,
  tags: readonly string[],
  { folder, log }: Place,
): Promise<string> {
  const digests: (string | undefined)[] = [];
  for (const tag of tags) digests.push(await kind.push(run, tag, folder).catch(as('PUSH_FAILED', log)));
  const [digest] = digests;
  if (digest !== undefined && digests.every((one) => one === digest)) return digest;
  throw new SluiceError('PUSH_FAILED', `${kind.name} pushed ${tags.join(', ')}, and did not name one digest for them.`);
}

interface Chosen {
  readonly kind: BuilderProgram;
  readonly program: string;
}

/** Errors: BUILDER_MISSING with the reason of each program. */
async function chosen({ program }: BuilderSettings, signal: AbortSignal): Promise<Chosen> {
  const wanted = program === undefined ? PROGRAMS : PROGRAMS.filter(({ name }) => program.endsWith(name));
  const reasons: string[] = [];
  for (const kind of wanted) {
    const path = program ?? kind.name;
    const call = { program: path, args: kind.ready, log: () => undefined, signal, timeout: READY_MS };
    const failed = await runProgram(call).then(() => undefined, reasonOf);
    if (failed === undefined) return { kind, program: path };
    reasons.push(failed);
  }
  const known = PROGRAMS.map(({ name }) => name).join(', ');
  throw new SluiceError(
    'BUILDER_MISSING',
    reasons.length > 0 ? `${reasons.join('; ')}.` : `The program ${program ?? ''} is none of ${known}.`,
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ProgramFailure)) throw error;
  return error.missing ? error.message.replace(/: spawn.*$/, ' is not on PATH') : error.message.slice(0, 200);
}

/** For the `catch` of a call of the program. */
const as =
  (code: ErrorCode, log: string) =>
  (error: unknown): never => {
    if (!(error instanceof ProgramFailure)) throw error;
    throw new SluiceError(code, `${error.message} The log is ${log}.`, { cause: error, details: { log } });
  };
