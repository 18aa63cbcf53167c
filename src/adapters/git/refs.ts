import { SluiceError } from '../../domain/errors.ts';
import { ambiguous } from '../../domain/onboarding/undecided.ts';
import { git, type GitCall } from './run.ts';

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * The full name of what a caller asks for: `refs/heads/main`, or the id of a commit. Errors: SOURCE_EMPTY,
 * GIT_REF_NOT_FOUND, SOURCE_AMBIGUOUS if a branch and a tag have the name, and GitFailure.
 */
export async function refOf(url: string, asked: string | undefined, call: Omit<GitCall, 'args'>): Promise<string> {
  if (asked !== undefined && COMMIT.test(asked)) return asked;
  const wanted =
    asked === undefined ? [] : asked.startsWith('refs/') ? [asked] : [`refs/heads/${asked}`, `refs/tags/${asked}`];
  const out = (
    await git({ ...call, args: ['ls-remote', '--symref', '--end-of-options', url, 'HEAD', ...wanted] })
  ).toString('utf8');
  const found = [...out.matchAll(/^[0-9a-f]{40,64}\t(\S+)$/gm)].map(([, name = '']) => name);
  const [, branch = 'HEAD'] = /^ref: (\S+)\tHEAD$/m.exec(out) ?? [];
  const named = wanted.filter((name) => found.includes(name));
  if (asked === undefined && found.includes('HEAD')) return branch;
  if (named.length > 1) throw ambiguous('a branch and a tag of this name', 'ref', named);
  if (named[0] !== undefined) return named[0];
  if (!found.includes('HEAD')) throw new SluiceError('SOURCE_EMPTY', `${url} has no commit on its default branch.`);
  throw new SluiceError('GIT_REF_NOT_FOUND', `${url} has no branch or tag ${asked ?? ''}.`);
}
