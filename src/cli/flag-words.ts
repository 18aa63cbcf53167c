import type { Command } from '../commands/command.ts';
import { flagFields, flagName } from './flags.ts';

/** `Set start`, `set analysis.soak: 10s`: a field that decides, and the value if the text names one. */
const SET_FIELD = /\b([Ss]et) ([a-z][a-z0-9_.]*[a-z0-9])\b(?:: ([\w./:@-]*\w))?/g;
/** Words of a list, as in JSON. */
const WORDS = /such as (\["[^\]]*"\])/g;

/**
 * A text that tells callers to set a field of `command` names its flag instead. Other fields, such as those of a
 * Rollout, stay.
 */
export function flagWords(text: string, command: Command): string {
  const flags = new Map(flagFields(command).map((field) => [field.path.join('.'), `--${flagName(field)}`]));
  let changed = false;
  const named = text.replaceAll(SET_FIELD, (whole, verb: string, path: string, value?: string) => {
    const flag = flags.get(path);
    if (flag === undefined) return whole;
    changed = true;
    return `${verb} ${flag}${value === undefined ? '' : ` ${value}`}`;
  });
  return changed ? named.replaceAll(WORDS, (_, json: string) => `such as ${wordsIn(json)}`) : named;
}

const wordsIn = (json: string): string => (JSON.parse(json) as readonly string[]).join(' ');
