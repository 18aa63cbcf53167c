import { SluiceError } from '../errors.ts';
import { cleanText } from '../safe-text.ts';
import { isLoopback } from './image-reference.ts';

/** The address of a Git repository that was checked. */
export interface GitUrl {
  readonly url: string;
  readonly scheme: 'https' | 'http' | 'ssh' | 'file';
  /** With the port, if the address names one. Empty for `file`. */
  readonly host: string;
}

const URL_PATTERN =
  /^(https|http|ssh|file):\/\/(?:([^@/\s]*)@)?([A-Za-z0-9.-]*|\[[0-9a-f:]+\])(:\d{1,5})?(\/[^\s?#]*)$/;
/** `git@github.com:owner/name` */
const SHORT_SSH = /^([A-Za-z0-9_][\w.-]*)@([A-Za-z0-9][A-Za-z0-9.-]*):([\w~][^\s:]*)$/;

/** Checks an address before Git sees it. `local`: whether `file` is allowed. Errors: GIT_URL_REFUSED. */
export function gitUrl(text: string, local: boolean): GitUrl {
  const [, account, server, path] = SHORT_SSH.exec(text) ?? [];
  if (server !== undefined) return gitUrl(`ssh://${account}@${server}/${path}`, local);
  const [, scheme, user, host = '', port = '', where = ''] = URL_PATTERN.exec(text) ?? [];
  const known = scheme as GitUrl['scheme'] | undefined;
  if (known === undefined) throw refused(text, 'it is not an https, ssh or file address without query and fragment');
  if (user !== undefined && (known !== 'ssh' || user.includes(':') || !/^[\w][\w.-]*$/.test(user)))
    throw refused(text, 'it contains a user or a password');
  if (known === 'file' ? host !== '' || port !== '' : !/^[A-Za-z0-9[]/.test(host))
    throw refused(text, 'its host is not valid');
  if (known === 'file' && !local) throw refused(text, 'only the command line may read repositories of this machine');
  if (known === 'http' && !isLoopback(host)) throw refused(text, 'http without TLS is allowed on this machine only');
  if (where.split('/').includes('..') || where === '/') throw refused(text, 'its path is not valid');
  return { url: text, scheme: known, host: `${host}${port}` };
}

function refused(text: string, why: string): SluiceError {
  const shown = cleanText(text.replace(/\/\/[^/]*@/, '//***@').replace(/[?#].*$/s, ''), 200);
  return new SluiceError('GIT_URL_REFUSED', `The address ${shown} may not be used: ${why}.`);
}

/** Checks the name of a branch or tag, as git-check-ref-format does. Errors: GIT_REF_NOT_FOUND. */
export function gitRef(text: string): string {
  const valid =
    /^[A-Za-z0-9_][A-Za-z0-9_./+@-]{0,199}$/.test(text) && !/\.\.|\/\/|@\{|\.lock(\/|$)|[./]$|\/\./.test(text);
  if (valid) return text;
  throw new SluiceError('GIT_REF_NOT_FOUND', `${cleanText(text, 80)} is not a valid name of a branch or tag.`);
}
