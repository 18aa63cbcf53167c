import { SluiceError, type ErrorCode } from '../../domain/errors.ts';
import type { BuiltImage, ImageAsked, ImageBuilderPort } from '../../ports/image-builder.ts';
import { inTemporaryFolder } from '../local/temporary-folder.ts';
import { PROGRAMS, type BuilderProgram } from './programs.ts';
import { openLog } from './log-file.ts';
import { ProgramFailure, runProgram } from './run.ts';

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
      const { kind, program } = await chosen(settings, signal);
      return inTemporaryFolder('sluice-build-', async (folder) => {
        const log = openLog(settings.logs, asked.tags[0] ?? '');
        const both = (line: string): void => {
          log.write(line);
          progress(line);
        };
        const run = (args: readonly string[]) =>
          runProgram({ program, args, log: both, signal, timeout: settings.timeout });
        try {
          await kind.build(run, asked).catch(as('BUILD_FAILED', log.file));
          return { ...(await pushed(kind, run, asked, { folder, log: log.file })), log: log.file };
        } finally {
          log.close();
        }
      });
    },
  };
}

interface Place {
  readonly folder: string;
  readonly log: string;
}

/** Every tag has to get the same digest. Errors: PUSH_FAILED. */
async function pushed(
  kind: BuilderProgram,
  run: Parameters<BuilderProgram['push']>[0],
  { tags }: ImageAsked,
  { folder, log }: Place,
): Promise<Omit<BuiltImage, 'log'>> {
  const digests: (string | undefined)[] = [];
  for (const tag of tags) digests.push(await kind.push(run, tag, folder).catch(as('PUSH_FAILED', log)));
  const [digest] = digests;
  if (digest !== undefined && digests.every((one) => one === digest)) return { digest, builder: kind.name };
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
