import { ask, unresolved } from './ask.ts';

const ARGS = ['pip', 'compile', '--quiet', '--no-deps', '--no-header', '--no-annotate', '-'];

/** The version that uv would install. Errors: SERVER_VERSION_NOT_EXACT. */
export async function uvVersion(spec: string, env: NodeJS.ProcessEnv): Promise<string> {
  const out = await ask({ program: 'uv', args: ARGS, input: `${spec}\n`, env, spec });
  const version = /^[\w.-]+==(\S+)/m.exec(out)?.[1];
  if (version === undefined) throw unresolved(spec, 'uv knows no such version');
  return version;
}
