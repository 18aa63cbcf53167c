import { Closers } from './closers.ts';
import { createScreen, type Screen } from './screen.ts';

/** One `npm start`, from its first line until everything that it started has ended. */
export interface Session {
  readonly screen: Screen;
  readonly closers: Closers;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Resolves at Ctrl-C. */
  readonly stopped: Promise<void>;
  /** True once everything is running. From then on Ctrl-C is the normal end and not a failure. */
  up: boolean;
}

/** This process gets Ctrl-C twice: from the terminal, and from npm's script. Repeated signals stop it once. */
export function openSession(): Session {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  const stopped = new Promise<void>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  return { screen: createScreen(process.stdout), closers: new Closers(), signal: stop.signal, stopped, up: false };
}
