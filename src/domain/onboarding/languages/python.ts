import { isRecord } from '../../cluster-objects/api-object.ts';
import type { Asked, Build } from '../service.ts';
import { hasFile, type Finding, type Source } from '../source.ts';
import { parseToml, type TomlTable } from '../toml.ts';
import { ambiguous, noStart, unreadable } from '../undecided.ts';
import type { LanguageKind } from './language.ts';

const LOCKS: Readonly<Record<string, string>> = { 'uv.lock': 'uv', 'poetry.lock': 'poetry', 'requirements.txt': 'pip' };
const SCRIPTS = ['main.py', 'server.py', 'app.py', '__main__.py'];
const DEFAULT_MINOR = 13;

export const python: LanguageKind = {
  name: 'python',
  marks: ['pyproject.toml', 'requirements.txt', 'setup.py'],
  detect(source, asked) {
    const project = projectOf(source);
    const { start, finding } = startOf(source, project, asked);
    const [lockFile = ''] = Object.keys(LOCKS).filter((name) => hasFile(source, name));
    const loose = lockFile === 'requirements.txt' ? looseLines(source.texts[lockFile] ?? '') : [];
    return {
      language: 'python',
      languageVersion: versionOf(project),
      manager: LOCKS[lockFile] ?? 'pip',
      lockFile: loose.length > 0 ? '' : lockFile,
      start,
      package: '.',
      installFiles: installFiles(source, lockFile),
      buildStep:
        hasFile(source, 'pyproject.toml') && source.texts['pyproject.toml']?.includes('[build-system]') === true,
      findings: [
        { what: 'Python', where: python.marks.find((mark) => hasFile(source, mark)) ?? '' },
        ...(lockFile ? [{ what: `dependencies of ${LOCKS[lockFile]}`, where: lockFile }] : []),
        finding,
      ],
      warnings:
        loose.length > 0
          ? [`requirements.txt has lines without an exact version: ${loose.slice(0, 5).join(', ')}.`]
          : [],
    };
  },
};

/** Errors: SOURCE_REFUSED. */
function projectOf({ texts }: Source): TomlTable {
  try {
    return parseToml(texts['pyproject.toml'] ?? '');
  } catch (error) {
    throw unreadable('pyproject.toml', error);
  }
}

/** The commands that the project installs, by name. */
function commandsOf(project: TomlTable): readonly string[] {
  const tool = at(at(project, 'tool'), 'poetry');
  return [at(at(project, 'project'), 'scripts'), at(tool, 'scripts')].flatMap((table) => Object.keys(table));
}

const at = (table: TomlTable, key: string): TomlTable => (isRecord(table[key]) ? table[key] : {});

/** Errors: SOURCE_AMBIGUOUS, SOURCE_NO_START. */
function startOf(source: Source, project: TomlTable, asked: Asked): Pick<Build, 'start'> & { finding: Finding } {
  if (asked.start) return { start: asked.start, finding: { what: 'start command', where: 'start' } };
  const commands = [...new Set(commandsOf(project))];
  const name = at(project, 'project')['name'] ?? at(at(project, 'tool'), 'poetry')['name'];
  const command = commands.length === 1 ? commands[0] : commands.find((one) => one === name);
  if (command !== undefined)
    return { start: [command], finding: { what: `script ${command}`, where: 'pyproject.toml' } };
  if (commands.length > 0) throw ambiguous('several scripts', 'start', commands);
  const script = SCRIPTS.find((file) => hasFile(source, file));
  if (script !== undefined) return { start: ['python', script], finding: { what: 'script', where: script } };
  const modules = source.files.flatMap(({ path }) => /^(?:src\/)?(\w+)\/__main__\.py$/.exec(path)?.[1] ?? []);
  if (modules.length > 1) throw ambiguous('several modules that can be started', 'start', modules);
  const [module] = modules;
  if (module !== undefined)
    return { start: ['python', '-m', module], finding: { what: `module ${module}`, where: `${module}/__main__.py` } };
  throw noStart(`there is no script in pyproject.toml, no ${SCRIPTS.join(', ')}, and no module with __main__.py`);
}

/** The newest version that `requires-python` allows, up to the default. */
function versionOf(project: TomlTable): string {
  const said = at(project, 'project')['requires-python'];
  const wanted = typeof said === 'string' ? said : '';
  const [, bound, below] = /(<=?)\s*3\.(\d+)/.exec(wanted) ?? [];
  const [, exact] = /(?:==|~=)\s*3\.(\d+)/.exec(wanted) ?? [];
  const most = below === undefined ? DEFAULT_MINOR : Number(below) - (bound === '<' ? 1 : 0);
  return `3.${exact ?? Math.min(DEFAULT_MINOR, most)}`;
}

/** Lines of requirements.txt that allow several versions. */
function looseLines(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replace(/\s*(#.*)?\\?\s*$/, '').trim());
  return lines.filter((line) => /^[A-Za-z0-9]/.test(line) && !/(===?|@\s*\S+@[0-9a-f]{40})/.test(line));
}

/** Other managers, and lines that name a folder or another file, need the source. */
function installFiles({ texts }: Source, lockFile: string): readonly string[] {
  const alone = lockFile === 'requirements.txt' && !/^\s*(-[er]|-c|\.)/m.test(texts[lockFile] ?? '');
  return alone ? [lockFile] : [];
}
