import { maskSecrets } from '../safe-text.ts';
import { REFERENCE } from './references.ts';
import type { Upstream } from './server.ts';

const HIDDEN = '***';
/** Words before a reference that are no secret, as in `Bearer ${TOKEN}`. */
const SCHEME = /^(Bearer|Basic|Token)?\s*$/i;
const SECRET_FLAG = /^--?[\w-]*(key|token|secret|password|passwd|auth|credential)[\w-]*$/i;

/**
 * An upstream as it may be shown: each value of its environment or headers that is not a reference is hidden, and so
 * are arguments and parts of addresses that look like a secret.
 */
export function masked(upstream: Upstream): Upstream {
  if (upstream.transport !== 'stdio') {
    const { transport, url, headers } = upstream;
    return { transport, url: maskedUrl(url), headers: hiddenValues(headers) };
  }
  const { transport, command, args, env } = upstream;
  return { transport, command, args: maskedArguments(args), env: hiddenValues(env) };
}

/** An entry of a client's file as JSON on one line, with what may be a secret hidden. */
export function shownEntry(entry: unknown): string {
  return entry === undefined
    ? 'no entry'
    : JSON.stringify(entry, (key, value: unknown) => {
        if (key === 'args' && Array.isArray(value)) return maskedArguments(value.map(String));
        if (typeof value === 'object' && value !== null && (key === 'env' || key === 'headers'))
          return hiddenValues(value as Readonly<Record<string, unknown>>);
        return key === 'url' && typeof value === 'string' ? maskedUrl(value) : masks(value);
      });
}

function masks(value: unknown): unknown {
  return typeof value === 'string' ? maskSecrets(value) : value;
}

/** Variables of Sluice itself. Their values are paths. */
const SHOWN: readonly string[] = ['SLUICE_MCP_PROJECT', 'SLUICE_MCP_GLOBAL_FILE'];

/** Names and values with each value hidden that is more than references. */
export function hiddenValues(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && (SHOWN.includes(name) || isReference(value)) ? value : HIDDEN,
    ]),
  );
}

/** Whether a value consists of references to the environment, possibly after the name of a scheme. */
function isReference(value: string): boolean {
  return value.includes('${') && SCHEME.test(value.replace(REFERENCE, ''));
}

/** Arguments of a command with those hidden that follow a flag for a secret, or that look like one. */
export function maskedArguments(args: readonly string[]): readonly string[] {
  return args.map((arg, index) => {
    if (SECRET_FLAG.test(args[index - 1] ?? '') && !arg.startsWith('-')) return isReference(arg) ? arg : HIDDEN;
    const [flag = '', ...rest] = arg.split('=');
    if (rest.length > 0 && SECRET_FLAG.test(flag)) return isReference(rest.join('=')) ? arg : `${flag}=${HIDDEN}`;
    return maskSecrets(arg);
  });
}

/** Passwords in an address, and the values of its query, because tokens are often given there. */
function maskedUrl(url: string): string {
  const [address = '', query] = maskSecrets(url).split('?', 2);
  if (query === undefined) return address;
  const parts = query.split('&').map((part) => {
    const [name = '', ...value] = part.split('=');
    return value.length === 0 || isReference(value.join('=')) ? part : `${name}=${HIDDEN}`;
  });
  return `${address}?${parts.join('&')}`;
}
