import { SluiceError } from '../domain/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a program needs to run at all. Everything else of the gateway's environment stays with the gateway. */
const PASSED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];
const WINDOWS = ['APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'SYSTEMROOT', 'TEMP', 'PATHEXT', 'COMSPEC'];

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** The part of the environment that every process gets. */
export function processEnvironment(env: Environment): Record<string, string> {
  return Object.fromEntries(
    [...PASSED, ...WINDOWS].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

/** Replaces `${NAME}` and `${NAME:-default}` by values of the environment. Throws GATEWAY_REFERENCE_MISSING. */
export function expanded(values: Readonly<Record<string, string>>, env: Environment): Record<string, string> {
  const replace = (name: string, value: string): string =>
    value.replaceAll(REFERENCE, (_match, variable: string, fallback: string | undefined) => {
      const found = env[variable] ?? fallback;
      if (found !== undefined) return found;
      throw new SluiceError('GATEWAY_REFERENCE_MISSING', `${name} refers to \${${variable}}, which is not set.`);
    });
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, replace(name, value)]));
}
