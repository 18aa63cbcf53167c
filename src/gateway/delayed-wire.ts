import { SluiceError } from '../domain/errors.ts';
import type { OpenWire, Wire, WireEvents } from './wire.ts';

/** Opens a wire after a pause, in ms. What is sent until then waits for it. */
export function delayedWire(open: OpenWire, events: WireEvents, pause: number): Wire {
  const waiting: string[] = [];
  let wire: Wire | undefined;
  const timer = setTimeout(() => {
    wire = open(events);
    for (const text of waiting.splice(0)) wire.send(text);
  }, pause);
  return {
    send: (text) => void (wire ? wire.send(text) : waiting.push(text)),
    pause: () => wire?.pause(),
    resume: () => wire?.resume(),
    async close() {
      if (wire) return wire.close();
      clearTimeout(timer);
      events.closed(new SluiceError('UPSTREAM_UNREACHABLE', 'The connection was closed before it was opened.'));
    },
  };
}
