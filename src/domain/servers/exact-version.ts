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
  /** The program that says which version a range means at present. Absent: none. */
  readonly manager?: Manager;
}

/** Programs that resolve ranges of versions. */
export type Manager = 'npm' | 'uv';

/** A package that a command names. */
interface Named {
  readonly spec: string;
  /** Index of its word in the arguments. Undefined if the command names no package. */
  readonly at?: number;
  /** What the word has before the package, such as `--package=`. */
  readonly prefix: string;
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
const NPX = { from: ['-p', '--package'], valued: NPX_VALUED, python: false, manager: 'npm' } as const;
const UVX = { from: ['--from'], valued: UVX_VALUED, python: true, manager: 'uv' } as const;

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
  const { runner, packages, line } = readCommand(command, args);
  return runner && packages.map(({ spec }) => exact(spec, runner, line))[0];
}

/** A package whose version is not exact, and what its word becomes with an exact version. */
export interface VersionRange {
  readonly manager: Manager;
  /** What the manager is asked for, such as `@scope/name@^1` or `name>=1`. */
  readonly spec: string;
  readonly at: number;
  readonly pinned: (version: string) => string;
}

/** The packages of a command without an exact version, as far as a manager can resolve them. */
export function rangesOf(command: string, args: readonly string[]): readonly VersionRange[] {
  const { runner, packages } = readCommand(command, args);
  const { manager } = runner ?? {};
  if (!runner || !manager) return [];
  return packages.flatMap(({ spec, at, prefix }) => {
    const found = at === undefined || isExact(spec, runner) ? undefined : RANGE[manager](spec);
    return found && at !== undefined
      ? [{ manager, spec: found.ask, at, pinned: (version: string) => `${prefix}${found.pinned(version)}` }]
      : [];
  });
}

interface Range {
  readonly ask: string;
  readonly pinned: (version: string) => string;
}

/** `name`, `name@^1`, `alias@npm:name@1.x`. Undefined for addresses and repositories. */
function npmRange(spec: string): Range | undefined {
  const [, alias = '', name, range] =
    /^((?:@[\w.~-]+\/)?[\w.~-]+@npm:)?((?:@[\w.~-]+\/)?\w[\w.~-]*)(?:@([\w .~^<>=|*+-]+))?$/.exec(spec) ?? [];
  if (name === undefined) return undefined;
  return { ask: `${name}@${range ?? 'latest'}`, pinned: (version) => `${alias}${name}@${version}` };
}

/** `name`, `name[extra]@latest`, `name>=1,<2`. Undefined for addresses and repositories. */
function uvRange(spec: string): Range | undefined {
  const [, name, extras = '', range = ''] =
    /^([A-Za-z0-9][\w.-]*)(\[[\w.,-]*\])?((?:@latest|[<>=!~][\w.,<>=!~*+]*)?)$/.exec(spec.replaceAll(' ', '')) ?? [];
  if (name === undefined) return undefined;
  return { ask: `${name}${range === '@latest' ? '' : range}`, pinned: (version) => `${name}${extras}==${version}` };
}

const RANGE: Readonly<Record<Manager, (spec: string) => Range | undefined>> = { npm: npmRange, uv: uvRange };

function readCommand(command: string, args: readonly string[]) {
  const line = [programOf(command), ...args];
  const runner = RUNNERS.find(({ words }) => words.every((word, index) => line[index] === word));
  const skipped = (runner?.words.length ?? 1) - 1;
  return { line, runner, packages: runner ? packagesOf(runner, args, skipped) : [] };
}

/** `/usr/bin/npx` and `npx.cmd` are `npx`. */
function programOf(command: string): string {
  const name = command.split(/[\\/]/).at(-1) ?? '';
  return name.replace(/\.(cmd|exe|bat|ps1)$/i, '').toLowerCase();
}

/** The packages that flags name; without such flags, the first argument that is no flag. Empty text: none. */
function packagesOf({ from, valued }: Runner, args: readonly string[], skipped: number): readonly Named[] {
  const named: Named[] = [];
  for (let index = skipped; index < args.length; index += 1) {
    const word = args[index] ?? '';
    const [flag = '', inline] = splitFlag(word);
    if (from.includes(flag) && inline !== undefined) named.push({ spec: inline, at: index, prefix: `${flag}=` });
    else if (from.includes(flag)) named.push({ spec: args[(index += 1)] ?? '', at: index, prefix: '' });
    else if (valued.includes(flag)) index += inline === undefined ? 1 : 0;
    else if (!word.startsWith('-')) return named.length > 0 ? named : [{ spec: word, at: index, prefix: '' }];
  }
  return named.length > 0 ? named : [{ spec: '', prefix: '' }];
}

function splitFlag(word: string): readonly [string, string?] {
  const at = word.indexOf('=');
  return word.startsWith('--') && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word];
}

const SEMVER = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const PEP440 = /^(\d+!)?\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?(\+[a-z0-9.]+)?$/i;
const COMMIT = /[#@][0-9a-f]{40}$/;

/** A folder, or one commit of a repository. */
const isPlace = (spec: string): boolean => /^(\.{0,2}\/|file:|[A-Za-z]:\\)/.test(spec) || COMMIT.test(spec);

function isExact(spec: string, { python }: Runner): boolean {
  const { version } = python ? pythonParts(spec) : npmParts(spec);
  return isPlace(spec) || (version !== undefined && (python ? PEP440 : SEMVER).test(version));
}

function exact(spec: string, { python, words }: Runner, line: readonly string[]): string | undefined {
  if (isPlace(spec)) return undefined;
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
