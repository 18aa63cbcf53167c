import { SluiceError } from '../../domain/errors.ts';
import { tagsOfVersion } from '../../domain/onboarding/version-tag.ts';
import { ambiguous } from '../../domain/onboarding/undecided.ts';
import type { SourceAsked } from '../../ports/source-repositories.ts';
import { git, type GitCall } from './run.ts';

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * The full name of what a caller asks for: `refs/heads/main`, or the id of a commit. Without `ref` it is the tag of
 * the version, and without such a tag the default branch. Errors: SOURCE_EMPTY, GIT_REF_NOT_FOUND, SOURCE_AMBIGUOUS if
 * a branch and a tag have the name, and GitFailure.
 */
export async function refOf(
  url: string,
  { ref: asked, version }: Pick<SourceAsked, 'ref' | 'version'>,
  call: Omit<GitCall, 'args'>,
): Promise<string> {
  if (asked !== undefined && COMMIT.test(asked)) return asked;
  const wanted = asked === undefined ? tagsOfVersion(version) : namesOf(asked);
  const out = (
    await git({ ...call, args: ['ls-remote', '--symref', '--end-of-options', url, 'HEAD', ...wanted] })
  ).toString('utf8');
  const found = [...out.matchAll(/^[0-9a-f]{40,64}\t(\S+)$/gm)].map(([, name = '']) => name);
  const [, branch = 'HEAD'] = /^ref: (\S+)\tHEAD$/m.exec(out) ?? [];
  const named = wanted.filter((name) => found.includes(name));
  if (asked === undefined && found.includes('HEAD')) return named[0] ?? branch;
  if (named.length > 1) throw ambiguous('a branch and a tag of this name', 'ref', named);
  if (named[0] !== undefined) return named[0];
  if (!found.includes('HEAD')) throw new SluiceError('SOURCE_EMPTY', `${url} has no commit on its default branch.`);
  throw new SluiceError('GIT_REF_NOT_FOUND', `${url} has no branch or tag ${asked ?? ''}.`);
}

const namesOf = (asked: string): readonly string[] =>
  asked.startsWith('refs/') ? [asked] : [`refs/heads/${asked}`, `refs/tags/${asked}`];
