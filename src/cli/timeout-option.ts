import { InvalidArgumentError, Option } from 'commander';
import { duration, toMs } from '../contract/duration.ts';

/** How long a command follows something, in ms. `afterwards`: a sentence about what was followed. */
export function timeoutOption(afterwards: string): Option {
  const about = `Stop following after this time, e.g. 30m. ${afterwards}`;
  return new Option('--timeout <duration>', about).argParser((text: string) => {
    const read = duration.safeParse(text);
    if (!read.success) throw new InvalidArgumentError(`It ${read.error.issues[0]?.message ?? 'is no duration'}.`);
    return toMs(read.data);
  });
}
