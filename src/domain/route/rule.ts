const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** True for a DNS name in lower case. It cannot end the literal of a Traefik rule. */
export function isHostname(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => LABEL.test(label));
}

/** True for an absolute path of plain characters. */
export function isPathPrefix(text: string): boolean {
  return text.length <= 500 && /^\/[\w.~/-]*$/.test(text);
}

/** A rule in Traefik's v3 syntax (doc.traefik.io, "Rules & Priority"). The caller has validated the arguments. */
export function ruleFor(hostname: string, pathPrefix?: string): string {
  const host = `Host(\`${hostname}\`)`;
  return pathPrefix === undefined ? host : `${host} && PathPrefix(\`${pathPrefix}\`)`;
}

interface Site {
  readonly match: string;
  /** If empty, all. */
  readonly entryPoints: readonly string[];
}

/**
 * True when both rules match the same requests, so that the priority decides: the same host and path prefix, possibly
 * among other hosts, on an entry point that both have. A rule with further matchers, for example a header, is narrower
 * on purpose.
 */
export function competes(one: Site, other: Site): boolean {
  const shared =
    one.entryPoints.length === 0 ||
    other.entryPoints.length === 0 ||
    one.entryPoints.some((name) => other.entryPoints.includes(name));
  if (!shared) return false;
  if (bare(one.match) === bare(other.match)) return true;
  const [a, b] = [matchers(one.match), matchers(other.match)];
  if (!a || !b) return false;
  return a.hosts.some((host) => b.hosts.includes(host)) && samePaths(a.paths, b.paths);
}

const bare = (rule: string): string => rule.replaceAll(/\s+/g, '').replaceAll(/["']/g, '`');

function samePaths(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return a.length === b.length;
  return a.some((path) => b.includes(path));
}

/** Undefined when the rule has any matcher besides Host and PathPrefix. */
function matchers(rule: string): { hosts: string[]; paths: string[] } | undefined {
  const found = [...rule.matchAll(/(!?)\s*(\w+)\(([^)]*)\)/g)].map(([, not, name, text]) => ({
    not,
    name,
    values: literals(text ?? ''),
  }));
  if (found.some(({ not, name }) => not || (name !== 'Host' && name !== 'PathPrefix'))) return undefined;
  const of = (wanted: string) => found.filter(({ name }) => name === wanted).flatMap(({ values }) => values);
  return {
    hosts: of('Host').map((host) => host.toLowerCase()),
    paths: of('PathPrefix').map((path) => path.replace(/(.)\/+$/, '$1')),
  };
}

function literals(text: string): string[] {
  return text.split(',').map((part) => part.trim().replaceAll(/^[`"']|[`"']$/g, ''));
}
