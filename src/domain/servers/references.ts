import type { Upstream } from './server.ts';

/** `${NAME}` and `${NAME:-default}`, as in the files of MCP clients. */
export const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

type Texts = Readonly<Record<string, string>>;
type Environment = Readonly<Record<string, string | undefined>>;
/** The error for a value that refers to a variable which is not set. `name`: that of the value. */
type Missing = (name: string, variable: string) => Error;

/** Replaces references by values of the environment. Throws what `missing` returns. */
export function expanded(values: Texts, env: Environment, missing: Missing): Record<string, string> {
  const replace = (name: string, value: string): string =>
    value.replaceAll(REFERENCE, (_match, variable: string, fallback: string | undefined) => {
      const found = env[variable] ?? fallback;
      if (found !== undefined) return found;
      throw missing(name, variable);
    });
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, replace(name, value)]));
}

/** How a version is reached, with the references in its arguments, environment, address and headers replaced. */
export function resolved(upstream: Upstream, env: Environment, missing: Missing): Upstream {
  const texts = (values: Texts) => expanded(values, env, missing);
  const text = (name: string, value: string): string => texts({ [name]: value })[name] ?? value;
  return upstream.transport === 'stdio'
    ? { ...upstream, args: upstream.args.map((arg) => text('arg', arg)), env: texts(upstream.env) }
    : { ...upstream, url: text('url', upstream.url), headers: texts(upstream.headers) };
}
