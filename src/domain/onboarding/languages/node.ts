import { isRecord } from '../../cluster-objects/api-object.ts';
import type { Asked, Build } from '../service.ts';
import { hasFile, jsonAt, type Finding, type Source } from '../source.ts';
import { ambiguous, noStart, unreadable } from '../undecided.ts';
import { commandWords, within } from '../words.ts';
import type { LanguageKind } from './language.ts';
import { requireSafeLock } from './npm-lock.ts';
import { workspaces } from './node-workspaces.ts';

const LOCKS: Readonly<Record<string, string>> = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
};
const DEFAULT_VERSION = '24';

export const node: LanguageKind = {
  name: 'nodejs',
  marks: ['package.json'],
  detect(source, asked) {
    const root = packageAt(source, 'package.json');
    const { folder, found } = startOf(source, root, asked);
    const { manager, lockFile } = managerOf(source, root);
    requireSafeLock(source, lockFile);
    const own = folder === '.' ? root : packageAt(source, `${folder}/package.json`);
    return {
      language: 'nodejs',
      languageVersion: versionOf(own, root),
      manager,
      lockFile,
      start: found.start,
      package: folder,
      installFiles: installFiles(source, root, lockFile),
      buildStep: isRecord(own['scripts']) && typeof own['scripts']['build'] === 'string',
      findings: [
        { what: 'Node.js', where: 'package.json' },
        ...(lockFile ? [{ what: `${manager} lock file`, where: lockFile }] : []),
        found.finding,
      ],
      warnings: [],
    };
  },
};

export type Package = Readonly<Record<string, unknown>>;

/** Errors: SOURCE_REFUSED. */
function packageAt(source: Source, path: string): Package {
  const value = jsonAt(source, path);
  if (isRecord(value)) return value;
  throw unreadable(path, 'it is not an object');
}

interface Start {
  readonly start: readonly string[];
  readonly finding: Finding;
}

/** The folder whose package starts, and how. Errors: SOURCE_AMBIGUOUS, SOURCE_NO_START. */
function startOf(source: Source, root: Package, asked: Asked): { readonly folder: string; readonly found: Start } {
  const folder = asked.package === undefined ? '.' : within(asked.package);
  if (asked.start) return { folder, found: { start: asked.start, finding: { what: 'start command', where: 'start' } } };
  const members = workspaces(source, root['workspaces']);
  if (folder !== '.') {
    if (!members.includes(folder)) throw ambiguous('workspaces', 'package', members);
    return { folder, found: required(source, folder) };
  }
  const own = startIn(source, root, '.');
  if (own) return { folder, found: own };
  const able = members.filter((member) => startIn(source, packageAt(source, `${member}/package.json`), member));
  if (able.length > 1) throw ambiguous('several workspaces that can be started', 'package', able);
  return { folder: able[0] ?? '.', found: required(source, able[0] ?? '.') };
}

function required(source: Source, folder: string): Start {
  const file = folder === '.' ? 'package.json' : `${folder}/package.json`;
  const found = startIn(source, packageAt(source, file), folder);
  if (found) return found;
  throw noStart(`${file} has neither scripts.start nor one bin nor a main file`);
}

/** scripts.start, then the only bin, then main, then server.js, which npm takes by itself. */
function startIn(source: Source, { name, scripts, bin, main }: Package, folder: string): Start | undefined {
  const file = folder === '.' ? 'package.json' : `${folder}/package.json`;
  const at = (path: string): string => (folder === '.' ? within(path) : `${folder}/${within(path)}`);
  const script = isRecord(scripts) ? scripts['start'] : undefined;
  if (typeof script === 'string')
    return { start: scriptWords(script, at), finding: { what: `scripts.start "${script}"`, where: file } };
  const program = programOf(bin, name);
  if (program !== undefined) return { start: ['node', at(program)], finding: { what: `bin ${program}`, where: file } };
  if (typeof main === 'string' && (hasFile(source, at(main)) || isRecord(scripts)))
    return { start: ['node', at(main)], finding: { what: `main ${main}`, where: file } };
  if (!hasFile(source, at('server.js'))) return undefined;
  return { start: ['node', at('server.js')], finding: { what: 'server.js', where: at('server.js') } };
}

/** `node dist/main.js` is started directly, so that it gets the signals of the container. */
function scriptWords(script: string, at: (path: string) => string): readonly string[] {
  const words = commandWords(script);
  if (words === undefined) return ['npm', 'start'];
  const file = words.findIndex((word, index) => index > 0 && !word.startsWith('-'));
  if (words[0] !== 'node' || file < 0) return words;
  return words.map((word, index) => (index === file ? at(word) : word));
}

function programOf(bin: unknown, name: unknown): string | undefined {
  if (typeof bin === 'string') return bin;
  if (!isRecord(bin)) return undefined;
  const programs = Object.entries(bin).filter((one): one is [string, string] => typeof one[1] === 'string');
  const [short = ''] = String(name).split('/').slice(-1);
  const [, path] = programs.length === 1 ? (programs[0] ?? []) : (programs.find(([key]) => key === short) ?? []);
  return path;
}

/** Errors: SOURCE_AMBIGUOUS. */
function managerOf(source: Source, { packageManager }: Package): Pick<Build, 'manager' | 'lockFile'> {
  const locks = Object.keys(LOCKS).filter((name) => hasFile(source, name));
  const [said] = typeof packageManager === 'string' ? packageManager.split('@') : [];
  const fitting = locks.filter((name) => said === undefined || LOCKS[name] === said);
  if (new Set(fitting.map((name) => LOCKS[name])).size > 1)
    throw ambiguous('lock files of several managers', 'packageManager of its package.json', fitting);
  const [lockFile = ''] = fitting;
  const manager = LOCKS[lockFile] ?? said ?? 'npm';
  const classic = manager === 'yarn' && /^# yarn lockfile v1/m.test(source.texts['yarn.lock'] ?? '');
  return { manager: classic ? 'yarn classic' : manager, lockFile };
}

/** The only major version that `engines.node` allows, or else the default. */
function versionOf(own: Package, root: Package): string {
  const engines = [own['engines'], root['engines']].find(isRecord);
  const wanted = engines?.['node'];
  if (typeof wanted !== 'string') return DEFAULT_VERSION;
  return /^[\^~=v]*(\d{2})(\.[\dx*]+)*$/.exec(wanted.trim())?.[1] ?? DEFAULT_VERSION;
}

/** Workspaces and scripts that run at the installation need the source. */
function installFiles(source: Source, { workspaces: members, scripts }: Package, lockFile: string): readonly string[] {
  const own = isRecord(scripts) ? Object.keys(scripts) : [];
  const runs = own.some((name) => /^(pre|post)?(install|prepare)$/.test(name));
  const whole = runs || members !== undefined || hasFile(source, 'pnpm-workspace.yaml');
  return whole || lockFile === '' ? [] : ['package.json', lockFile];
}
