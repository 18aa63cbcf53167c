import { cleanText } from '../domain/safe-text.ts';
import type { Io } from './deps.ts';

/** Shorter commands print no progress. */
const AFTER_MS = 2000;
const EVERY_MS = 120;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export interface Progress {
  /** Shows the current progress. `fraction`: 0…1 of the whole, when it is known. */
  report(message: string, fraction?: number): void;
  /** Removes the line. */
  stop(): void;
}

/**
 * A line on the terminal for commands that take longer than two seconds. If stderr is not a terminal, nothing is
 * printed.
 */
export function startProgress(io: Io, what: string): Progress {
  const show = io.status;
  if (!show) return { report: () => undefined, stop: () => undefined };
  const began = Date.now();
  let now = what;
  const draw = (): void => {
    const ms = Date.now() - began;
    if (ms >= AFTER_MS)
      show(`${FRAMES[Math.floor(ms / EVERY_MS) % FRAMES.length] ?? ''} ${now} (${Math.round(ms / 1000)} s)`);
  };
  const timer = setInterval(draw, EVERY_MS);
  return {
    report: (message, fraction) =>
      void (now = `${cleanText(message, 200)}${fraction ? ` ${Math.round(fraction * 100)} %` : ''}`),
    stop: () => {
      clearInterval(timer);
      if (Date.now() - began >= AFTER_MS) show(undefined);
    },
  };
}
