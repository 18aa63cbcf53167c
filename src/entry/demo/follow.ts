import { setTimeout as sleep } from 'node:timers/promises';
import { frame, type Watched } from '../../cli/watch-frame.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { McpLink } from './mcp-link.ts';
import type { Screen } from './screen.ts';
import { withWho } from '../../domain/with-who.ts';

export interface Following {
  readonly link: McpLink;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

const EVERY_MS = 500;
/** Maximum time without an answer, for example during a restart of the server or the worker. */
const SILENCE_MS = 45_000;

/**
 * Shows a release until it has ended. A terminal shows it as `sluice release watch` does. Throws when it takes longer
 * than `limitMs`.
 */
export async function follow({ link, screen, signal }: Following, id: string, limitMs: number): Promise<Watched> {
  const end = Date.now() + limitMs;
  const show = screen.live ? (view: Watched) => screen.draw(frame(view)) : printEvents(screen);
  try {
    for (let heard = Date.now(); ; await sleep(EVERY_MS, undefined, { signal })) {
      const view = await link
        .call<Watched>('release_get', { release_id: id, detail: 'full' })
        .catch((error: unknown) => tolerate(error, heard));
      if (view) {
        heard = Date.now();
        show(view);
        if (view.closed_at !== undefined) return view;
      }
      if (Date.now() > end)
        throw new SluiceError('NO_ANSWER', `${id} has not ended within ${limitMs / 1000} s.`, {
          next: "Look at it in the Temporal UI, or read the worker's log.",
        });
    }
  } finally {
    screen.keep();
  }
}

/** The catalogue's retryable errors and refused connections are temporary. */
function tolerate(error: unknown, heard: number): undefined {
  if (Date.now() - heard > SILENCE_MS) throw error;
  const passing =
    error instanceof SluiceError ? ['NO_ANSWER', 'TEMPORAL_UNREACHABLE', 'INTERNAL'].includes(error.code) : true;
  if (!passing) throw error;
}

function printEvents(screen: Screen): (view: Watched) => void {
  let printed = 0;
  return ({ events }) => {
    for (const { state, text, who } of events.slice(printed)) screen.say(`  ${state.padEnd(12)} ${withWho(text, who)}`);
    printed = events.length;
  };
}
