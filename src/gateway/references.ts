import { SluiceError } from '../domain/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a program needs to run at all. Everything else of the gateway's environment stays with the gateway. */
const PASSED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];
const WINDOWS = ['APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'SYSTEMROOT', 'TEMP', 'PATHEXT', 'COMSPEC'];

/** The part of the environment that every process gets. */
export function processEnvironment(env: Environment): Record<string, string> {
  return Object.fromEntries(
    [...PASSED, ...WINDOWS].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

export function missingReference(name: string, variable: string): SluiceError {
  return new SluiceError('GATEWAY_REFERENCE_MISSING', `${name} refers to \${${variable}}, which is not set.`);
}
