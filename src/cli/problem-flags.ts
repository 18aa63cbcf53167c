import type { Command } from '../commands/command.ts';
import { SluiceError } from '../domain/errors.ts';
import { flagFields, flagName, isTyped } from './flags.ts';
import { subjectOf } from './subject.ts';

/**
 * An error about fields of `command` names their flags, as they are typed: `--analysis-soak`, not `analysis.soak`. What
 * came from a file keeps its name. The details keep all names, because programs read them.
 */
export function withFlags(error: unknown, command: Command, options: Readonly<Record<string, unknown>>): unknown {
  if (!(error instanceof SluiceError) || error.details['problems'] === undefined) return error;
  const fields = flagFields(command).filter((field) => options['file'] === undefined || isTyped(field, options));
  const argument = subjectOf(command)?.argument;
  const named = (line: string): string => {
    if (argument !== undefined && WITHOUT_OBJECT.test(line)) return `<${argument}>: is missing`;
    const field = fields.find(({ path }) => isAbout(line, path.join('.')));
    return field === undefined ? line : `--${flagName(field)}${line.slice(field.path.join('.').length)}`;
  };
  const { code, next, details } = error;
  return new SluiceError(code, error.message.split('\n').map(named).join('\n'), { next, details: { ...details } });
}

/** The object of a command is its argument (subject.ts). */
const WITHOUT_OBJECT = /^(target|release_id): is missing(: give release_id, or target)?$/;

/** Whether a line is about a field, or about a place in its list or map, as in `steps.1: must be at most 100`. */
function isAbout(line: string, path: string): boolean {
  return line.startsWith(path) && /^(\.[^\s:]+)?: /.test(line.slice(path.length));
}
