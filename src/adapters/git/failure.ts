import { SluiceError, type ErrorCode } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import { GitFailure } from './run.ts';

/** What Git says, in the order in which it decides. Git itself has no codes for these. */
const SAYINGS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/couldn't find remote ref|not our ref|unadvertised object|no such remote ref/i, 'GIT_REF_NOT_FOUND'],
  [
    /could not read (Username|Password)|terminal prompts disabled|Authentication failed|error: 40[13]\b|Permission denied|Host key verification failed/i,
    'GIT_ACCESS_DENIED',
  ],
  [/not found|does not exist|not appear to be a git repository|error: 404\b/i, 'GIT_NOT_FOUND'],
  [/fsck|badTree|hasDot|fullPathname|gitmodules/i, 'SOURCE_REFUSED'],
];

/** The error of the catalogue for a failed call about a remote repository. Any other error stays as it is. */
export function toSluiceError(error: unknown, url: string, secrets: readonly string[]): unknown {
  if (!(error instanceof GitFailure)) return error;
  const [, code] = SAYINGS.find(([saying]) => saying.test(error.said)) ?? [undefined, 'GIT_UNAVAILABLE' as const];
  const lines = error.said.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('hint:'));
  const plain = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), lines.slice(0, 3).join(' '));
  return new SluiceError(code, `${url} cannot be read: ${maskSecrets(cleanText(plain, 300))}.`, { details: { url } });
}
