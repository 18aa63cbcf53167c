import type { ShownDelivery } from '../toolsets/delivery/shown-delivery.ts';
import { CATALOGUE } from '../toolsets/index.ts';
import type { Io } from './deps.ts';
import type { Format } from './format.ts';
import { terminalWords } from './terminal-words.ts';

/** A pipe that is silent for longer looks dead to people, and some CI systems end it. */
const ALIVE_MS = 15_000;

/**
 * Text: a line for each step that has changed, and one at least every 15 s. JSON: a line for each change. `changed` is
 * false in the lines that are printed while nothing changes.
 */
export function deliveryLines(io: Io, format: Format, now: () => number = Date.now): (seen: ShownDelivery) => void {
  const shown = new Map<string, string>();
  let lastLine = now();
  const say = (text: string): void => {
    lastLine = now();
    io.out(text);
  };
  return (seen) => {
    const changed = seen.steps.filter((one) => shown.get(one.step) !== `${one.state} ${one.attempts}`);
    for (const { step, state, attempts } of changed) shown.set(step, `${state} ${attempts}`);
    const isDue = now() - lastLine >= ALIVE_MS;
    if (format !== 'text') {
      if (changed.length > 0 || isDue) say(JSON.stringify({ changed: changed.length > 0, ...seen }));
      return;
    }
    for (const one of changed) if (one.state !== 'waiting') say(stepLine(one));
    if (seen.state !== 'running') say(terminalWords(endText(seen), CATALOGUE, { name: seen.name }));
    else if (changed.length === 0 && isDue) say(stillText(seen));
  };
}

function stepLine({ step, state, seconds, reason, error }: ShownDelivery['steps'][number]): string {
  const time = seconds === undefined ? '' : ` (${seconds} s)`;
  const why = [error, reason].filter((one) => one !== undefined).join(': ');
  return `${step}: ${state}${time}${why === '' ? '' : `: ${why}`}`;
}

function stillText({ name, steps }: ShownDelivery): string {
  const current = steps.find(({ state }) => state === 'running');
  const attempts = current && current.attempts > 1 ? `, attempt ${current.attempts}` : '';
  return `${current?.step ?? name}: still running${attempts}`;
}

function endText({ name, version, state, reason, next }: ShownDelivery): string {
  return [`${name} ${version}: ${state}. ${reason}`, ...(next === '' ? [] : [next])].join('\n');
}
