import { condition, sleep } from '@temporalio/workflow';
import type { Course } from '../src/domain/release/continued.ts';
import type { WindowState } from '../src/domain/windows/state.ts';
import { look, read } from './activity-options.ts';
import { first } from './first.ts';
import type { ReleaseRun } from './release-run.ts';
import { ReleaseStopped } from './stopped.ts';

/** While a step is held, windows that were added since are noticed after this time at the latest. */
const LOOK_AGAIN_MS = 3_600_000;
/** The clocks of the worker and of Temporal may differ, so a look may come before the change. */
const LEAST_WAIT_MS = 250;

/**
 * Waits until the windows of the target let the release start. It changes nothing in the meantime. The release of an
 * update does not wait: Argo has begun, and goes on.
 */
export async function windowToStart(run: ReleaseRun): Promise<void> {
  await lookAgain(run);
  if (!isShut(run)) return;
  if (!run.input.update) return untilOpen(run, false);
  run.note(
    `the windows of the target are ${run.window?.reason}; they do not hold an update that somebody else has begun, so it is judged now`,
  );
}

interface Ending {
  readonly kind: string;
}

/**
 * Runs `work`, which judges a held step, inside the windows. A step that may end waits here until the windows are open,
 * and is judged again then. Windows that close while the step is held stop `work` (`hold`), roll the release back
 * (`go_back`), or let `work` end first (`finish_step`). The caller guards the weight all the time.
 */
export async function insideWindows<T extends Ending | undefined>(
  run: ReleaseRun,
  course: Course,
  work: () => Promise<T>,
): Promise<T> {
  if (!run.windowed || passesWindows(run, course)) return work();
  // An earlier run may have waited here already.
  for (let shut = mustHold(run); ; shut = true) {
    if (shut) await untilOpen(run, true);
    // Its soak is over, or the rest of it goes on.
    if (shut) course.continued = true;
    const ending = await first<T | 'closed'>(() => [work(), closed(run)]);
    if (ending !== 'closed' && ending?.kind !== 'advance') return ending;
    if (ending === 'closed') continue;
    await lookAgain(run);
    if (!isShut(run)) return ending;
  }
}

/**
 * Whether Argo ends the step of an update by itself, at any hour. A window could only keep it from being judged. At an
 * untimed pause Argo waits, so windows count there.
 */
function passesWindows({ input, plan }: ReleaseRun, { index }: Course): boolean {
  return input.update !== undefined && plan?.steps[index]?.pauseIndex === undefined;
}

/** Resolves when windows close whose rule does not let the step end first. */
async function closed(run: ReleaseRun): Promise<'closed'> {
  while (!mustHold(run)) {
    // A target that no window concerns needs no timer. The end of the step looks again.
    await condition(() => run.window !== undefined && run.window.by.length > 0);
    await sleep(untilNextLook(run), { summary: 'next change of the windows' });
    await lookAgain(run);
  }
  return 'closed';
}

function untilNextLook({ window }: ReleaseRun): number {
  const left = (window?.changesAt ?? Infinity) - Date.now();
  return Math.min(LOOK_AGAIN_MS, Math.max(LEAST_WAIT_MS, left));
}

async function lookAgain(run: ReleaseRun): Promise<void> {
  if (!run.windowed) return;
  const { target } = run.input.spec;
  see(run, await look.windowState.executeWithOptions({ summary: 'look at the windows' }, [target]));
}

/** Whether the windows are closed and nobody has overridden those that close them. */
export function isShut({ window, override }: ReleaseRun): boolean {
  if (window === undefined || window.open) return false;
  return !window.by.every((name) => override?.windows.includes(name));
}

function mustHold(run: ReleaseRun): boolean {
  return isShut(run) && run.window?.onClose !== 'finish_step';
}

/** `held`: users meet the new version already, so the rule for a closing applies. */
async function untilOpen(run: ReleaseRun, held: boolean): Promise<void> {
  while (isShut(run)) {
    const reason = `the windows of the target are ${run.window?.reason}`;
    if (held && run.window?.onClose === 'go_back') throw new ReleaseStopped({ kind: 'window', reason });
    run.ask('waiting-for-window', reason, { for: 'window', answers: ['override-windows', 'abort'] });
    await first<unknown>(() => [changed(run), condition(() => !isShut(run))]);
  }
}

async function changed(run: ReleaseRun): Promise<void> {
  const known = run.window as NonNullable<ReleaseRun['window']>;
  const wait = { target: run.input.spec.target, known };
  see(run, await read.windowChange.executeWithOptions({ summary: 'wait for the windows to open' }, [wait]));
}

function see(run: ReleaseRun, seen: WindowState): void {
  const before = run.window;
  run.window = seen;
  if (seen.open && run.override) delete run.override;
  if (before?.open === false && seen.open) run.note(`the windows of the target are ${seen.reason}`);
  if (before?.open && isShut(run) && seen.onClose === 'finish_step')
    run.note(`the windows of the target are ${seen.reason}; the present step is finished, and the next waits`);
  run.publish();
}
