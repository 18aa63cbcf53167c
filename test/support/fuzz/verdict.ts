import type { Command, CommandContext } from '../../../src/commands/command.ts';
import { execute, type Output } from '../../../src/commands/execute.ts';
import { toFailure } from '../../../src/contract/failure.ts';
import { isErrorCode, SluiceError, type ErrorCode } from '../../../src/domain/errors.ts';
import { memoryAudit } from '../mcp-server.ts';
import type { Scene } from './scenes.ts';

/** The result of one call: `ok` or the code of the error, and all complaints about it. */
export interface Outcome {
  readonly result: 'ok' | 'refused' | ErrorCode | 'NOT_OURS';
  readonly text: string;
  readonly written: readonly string[];
  readonly complaints: readonly string[];
}

type Stage = Pick<Scene, 'services' | 'written'>;

const CALL_MS = 60_000;
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
const STACK = /\n\s+at .+:\d+:\d+/;

/** Calls a tool as every interface does, and checks the answer with the rules for answers of all tools. */
export async function callAndJudge(command: Command, raw: unknown, stage: Stage): Promise<Outcome> {
  const context: CommandContext = {
    ...stage.services,
    caller: { id: 'http:fuzz', kind: 'http' },
    signal: AbortSignal.timeout(CALL_MS),
    progress: () => Promise.resolve(),
  };
  const asked = await question(command, raw, context);
  const before = stage.written().length;
  const audit = memoryAudit();
  const ended = await execute({ command, raw, context, gate: { allowWrite: true, toolsets: [] }, audit }).then(
    (output) => ({ output }),
    (error: unknown) => ({ error }),
  );
  const written = stage.written().slice(before);
  const judged = 'output' in ended ? judgeOutput(command, ended.output, written) : judgeError(ended.error, written);
  const complaints = [...judged.complaints];
  if (audit.entries.length !== 1) complaints.push(`${audit.entries.length} entries in the audit log`);
  if (asked && written.length > 0) complaints.push(`wrote without the confirmation that it wants (${asked})`);
  return { ...judged, written, complaints };
}

/** The question that would have to be confirmed and is not. */
async function question(command: Command, raw: unknown, context: CommandContext): Promise<string | undefined> {
  try {
    const input = command.check(raw ?? {}, context.settings);
    const needed = await command.confirmation?.(context, input);
    return needed && needed.value !== input['confirm'] ? needed.value : undefined;
  } catch {
    return undefined;
  }
}

type Judged = Pick<Outcome, 'result' | 'text' | 'complaints'>;

function judgeError(error: unknown, written: readonly string[]): Judged {
  if (!(error instanceof SluiceError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { result: 'NOT_OURS', text: stack, complaints: [`not an error of the catalogue: ${stack}`] };
  }
  const { code, message, next, details } = toFailure(error);
  const shown = JSON.stringify({ message, next, details });
  const complaints = [
    ...(isErrorCode(code) && code !== 'INTERNAL' ? [] : [`its code is ${code}`]),
    ...(message.trim() && next.trim() ? [] : ['it has no message, or does not say what to do next']),
    ...(STACK.test(error.message) ? [`a stack trace: ${message}`] : []),
    ...(UNPRINTABLE.test(message) || UNPRINTABLE.test(next) ? ['control characters'] : []),
    ...(shown.length > 20_000 ? [`${shown.length} characters long`] : []),
    ...(written.length > 0 && !admits(`${message} ${next}`)
      ? [`an error, although ${written.join(', ')}, of which it says nothing: ${code}: ${message}`]
      : []),
  ];
  return { result: code, text: `${code}: ${message}`, complaints };
}

/** Whether an error's text mentions a write, or a possible write. */
function admits(text: string): boolean {
  return /may (or may not )?have|not known|was (made|written|created|changed|set|removed|deleted|applied|sent)|is written|were (made|written)|has been|half|already|in part/i.test(
    text,
  );
}

function judgeOutput(command: Command, output: Output, written: readonly string[]): Judged {
  const parsed = command.output.safeParse(JSON.parse(JSON.stringify(output)));
  const text = command.text(output);
  const problem = command.problem?.(output);
  const complaints = [
    ...(parsed.success ? [] : [`its answer does not fit its schema: ${parsed.error.message}`]),
    ...(typeof text === 'string' && text.length > 0 && !UNPRINTABLE.test(text) && !/undefined|\[object/.test(text)
      ? []
      : [`its text: ${text}`]),
    ...(problem === undefined || isErrorCode(problem)
      ? []
      : [`its problem ${String(problem)} is not in the catalogue`]),
    ...claims(command, output, written).map((claim) => `${claim}: ${JSON.stringify(output)}`),
  ];
  return { result: problem ? 'refused' : 'ok', text, complaints };
}

/** Compares what an answer says about writes with the writes that happened. */
function claims(command: Command, { changed, effective }: Output, written: readonly string[]): string[] {
  if (command.kind === 'read') return written.length > 0 ? [`it only reads, and ${written.join(', ')}`] : [];
  if (typeof changed !== 'boolean') return [];
  return [
    ...(changed && written.length === 0 ? ['it claims a change that nobody made'] : []),
    ...(!changed && written.length > 0 ? [`it claims no change, although ${written.join(', ')}`] : []),
    ...(changed && effective === 'refused' ? ['changed and refused at once'] : []),
  ];
}
