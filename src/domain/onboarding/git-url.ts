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
  if (known === undefined) throw refused(text, formFault(text, local));
  if (user !== undefined && (known !== 'ssh' || user.includes(':') || !/^[\w][\w.-]*$/.test(user)))
    throw refused(text, 'it contains a user name or a password');
  if (known === 'file' ? host !== '' || port !== '' : !/^[A-Za-z0-9[]/.test(host))
    throw refused(text, known === 'file' ? 'a file address has three slashes: file:///path' : 'it has no valid host');
  if (known === 'file' && !local)
    throw refused(text, 'a server or a worker reads a repository of its machine only with SLUICE_GIT_LOCAL=true');
  if (known === 'http' && !isLoopback(host))
    throw refused(text, 'http is allowed for loopback only; other hosts need https');
  if (where.split('/').includes('..') || where === '/') throw refused(text, 'it has no path, or a path with ".."');
  return { url: text, scheme: known, host: `${host}${port}` };
}

/** Why a text is no address at all. */
function formFault(text: string, local: boolean): string {
  if (/^[a-z+]+:\/\/[^?#]*[?#]/.test(text)) return 'it must end before "?" or "#"';
  if (/\s/.test(text)) return 'it contains a space';
  const kinds = local ? 'https://, ssh:// or file://' : 'https:// or ssh://';
  const path = local && text.startsWith('/') ? `. A repository of this machine is written as file://${text}` : '';
  return `it must begin with ${kinds}${path}`;
}

function refused(text: string, why: string): SluiceError {
  const shown = cleanText(text.replace(/\/\/[^/]*@/, '//***@').replace(/[?#].*$/s, ''), 200);
  return new SluiceError('GIT_URL_REFUSED', `The address ${shown} is refused: ${why}.`);
}

/** Checks the name of a branch or tag, as git-check-ref-format does. Errors: GIT_REF_NOT_FOUND. */
export function gitRef(text: string): string {
  const valid =
    /^[A-Za-z0-9_][A-Za-z0-9_./+@-]{0,199}$/.test(text) && !/\.\.|\/\/|@\{|\.lock(\/|$)|[./]$|\/\./.test(text);
  if (valid) return text;
  throw new SluiceError('GIT_REF_NOT_FOUND', `${cleanText(text, 80)} is not a valid name of a branch or tag.`);
}
