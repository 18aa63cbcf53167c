import { SluiceError } from '../../domain/errors.ts';
import type { Upstream } from '../../domain/servers/server.ts';

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** The upstream with the references in its environment or headers replaced. Errors: SERVER_UNREACHABLE. */
export function resolved(upstream: Upstream, env: NodeJS.ProcessEnv): Upstream {
  const texts = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, replaced(value, env)]));
  return upstream.transport === 'stdio'
    ? { ...upstream, env: texts(upstream.env) }
    : { ...upstream, headers: texts(upstream.headers) };
}

function replaced(value: string, env: NodeJS.ProcessEnv): string {
  return value.replace(REFERENCE, (_, name: string, fallback?: string) => {
    const found = env[name] ?? fallback;
    if (found !== undefined) return found;
    throw new SluiceError('SERVER_UNREACHABLE', `The version refers to the variable ${name}, which is not set.`, {
      next: `Set ${name} in the environment of this process.`,
    });
  });
}
