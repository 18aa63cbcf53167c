import { SluiceError } from '../errors.ts';

/** Programs that fetch a package and run it, and how they are told which one. */
interface Runner {
  /** The words before the arguments that matter, as in `uv tool run`. */
  readonly words: readonly string[];
  /** Flags whose value is the package. */
  readonly from: readonly string[];
  /** Other flags that have a value. */
  readonly valued: readonly string[];
  readonly python: boolean;
}

const NPX_VALUED = ['-c', '--call', '--registry', '--cache', '--userconfig', '--prefix', '-w', '--workspace'];
const UVX_VALUED = [
  '--python',
  '-p',
  '--with',
  '--index',
  '--index-url',
  '--default-index',
  '--directory',
  '--env-file',
];
const NPX = { from: ['-p', '--package'], valued: NPX_VALUED, python: false };
const UVX = { from: ['--from'], valued: UVX_VALUED, python: true };

const RUNNERS: readonly Runner[] = [
  { words: ['npx'], ...NPX },
  { words: ['npm', 'exec'], ...NPX },
  { words: ['npm', 'x'], ...NPX },
  { words: ['pnpm', 'dlx'], ...NPX, from: ['--package'] },
  { words: ['pnpx'], ...NPX, from: ['--package'] },
  { words: ['yarn', 'dlx'], ...NPX },
  { words: ['bunx'], ...NPX },
  { words: ['uvx'], ...UVX },
  { words: ['uv', 'tool', 'run'], ...UVX },
  { words: ['pipx', 'run'], from: ['--spec'], valued: ['--python', '--index-url', '--pip-args'], python: true },
];

/**
 * Requires that a command which fetches a package names its exact version. Other commands pass.
 * Errors: SERVER_VERSION_NOT_EXACT with what to write.
 */
export function requireExactVersion(command: string, args: readonly string[]): void {
  exactVersionOf(command, args);
}

/** The version of the first package that the command names. Undefined if it fetches none, or has it in a folder. */
export function exactVersionOf(command: string, args: readonly string[]): string | undefined {
  const line = [programOf(command), ...args];
  const runner = RUNNERS.find(({ words }) => words.every((word, index) => line[index] === word));
  if (!runner) return undefined;
  return packagesOf(runner, line.slice(runner.words.length)).map((spec) => exact(spec, runner, line))[0];
}

/** `/usr/bin/npx` and `npx.cmd` are `npx`. */
function programOf(command: string): string {
  const name = command.split(/[\\/]/).at(-1) ?? '';
  return name.replace(/\.(cmd|exe|bat|ps1)$/i, '').toLowerCase();
}

/** The packages that flags name; without such flags, the first argument that is no flag. Empty text: none. */
function packagesOf({ from, valued }: Runner, args: readonly string[]): readonly string[] {
  const named: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    const [flag = '', inline] = splitFlag(word);
    if (from.includes(flag)) named.push(inline ?? args[(index += 1)] ?? '');
    else if (valued.includes(flag)) index += inline === undefined ? 1 : 0;
    else if (!word.startsWith('-')) return named.length > 0 ? named : [word];
  }
  return named.length > 0 ? named : [''];
}

function splitFlag(word: string): readonly [string, string?] {
  const at = word.indexOf('=');
  return word.startsWith('--') && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word];
}

const SEMVER = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const PEP440 = /^(\d+!)?\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?(\+[a-z0-9.]+)?$/i;
const COMMIT = /[#@][0-9a-f]{40}$/;

function exact(spec: string, { python, words }: Runner, line: readonly string[]): string | undefined {
  if (/^(\.{0,2}\/|file:|[A-Za-z]:\\)/.test(spec) || COMMIT.test(spec)) return undefined;
  const { name, version } = python ? pythonParts(spec) : npmParts(spec);
  if (version !== undefined && (python ? PEP440 : SEMVER).test(version)) return version;
  const example = python ? `${name}${words[0] === 'pipx' ? '==' : '@'}1.2.3` : `${name}@1.2.3`;
  const find = python ? `\`uv pip index versions ${name}\`` : `\`npm view "${spec}" version\``;
  throw new SluiceError(
    'SERVER_VERSION_NOT_EXACT',
    `\`${line.join(' ')}\` runs ${spec === '' ? 'no package' : spec}, which may be another version at each start.`,
    { next: `Write an exact version, as in ${example}. ${find} prints what is published.` },
  );
}

/** `@scope/name@1.2.3`, `name@npm:other@1.2.3`. */
function npmParts(spec: string): { readonly name: string; readonly version?: string } {
  const alias = spec.split('@npm:')[1];
  const bare = alias ?? spec;
  const at = bare.indexOf('@', 1);
  return at < 0 ? { name: bare } : { name: bare.slice(0, at), version: bare.slice(at + 1) };
}

/** `name==1.2.3`, `name[extra]==1.2.3`, `name@1.2.3`. */
function pythonParts(spec: string): { readonly name: string; readonly version?: string } {
  const [, name = spec, , version] =
    /^([A-Za-z0-9._-]+(?:\[[^\]]*\])?)(===?|@)(.+)$/.exec(spec.replaceAll(' ', '')) ?? [];
  return version === undefined ? { name: /^[A-Za-z0-9._-]+/.exec(name)?.[0] ?? name } : { name, version };
}
