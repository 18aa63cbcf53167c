import type { Asked } from '../service.ts';
import { hasFile, type Source } from '../source.ts';
import { ambiguous, noStart } from '../undecided.ts';
import { within } from '../words.ts';
import type { LanguageKind } from './language.ts';

const DEFAULT_VERSION = '1.26';

export const go: LanguageKind = {
  name: 'golang',
  marks: ['go.mod'],
  detect(source, asked) {
    const module = source.texts['go.mod'] ?? '';
    const [, version = DEFAULT_VERSION] = /^go\s+(1\.\d+)/m.exec(module) ?? [];
    const folder = mainPackage(source, asked);
    const needsSum = /^\s*(require\b|\w[\w.-]*\/\S+ v\d)/m.test(module);
    const sum = hasFile(source, 'go.sum');
    return {
      language: 'golang',
      languageVersion: version,
      manager: 'go',
      lockFile: sum ? 'go.sum' : needsSum ? '' : 'go.mod',
      start: asked.start ?? ['/app'],
      package: folder,
      // A module that is replaced by a folder is a part of the source.
      installFiles: sum && !/=>\s*\./.test(module) ? ['go.mod', 'go.sum'] : [],
      buildStep: true,
      findings: [
        { what: `Go ${version}`, where: 'go.mod' },
        ...(sum ? [{ what: 'checksums of the dependencies', where: 'go.sum' }] : []),
        { what: `main package ${folder}`, where: folder },
      ],
      warnings: [],
    };
  },
};

/** Errors: SOURCE_AMBIGUOUS, SOURCE_NO_START. */
function mainPackage({ texts }: Source, asked: Asked): string {
  const files = Object.entries(texts).filter(([path]) => path.endsWith('.go') && !path.endsWith('_test.go'));
  const mains = files.filter(([, text]) => /^package main\b/m.test(text) && /^func main\(\)/m.test(text));
  const folders = [
    ...new Set(mains.map(([path]) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'))),
  ];
  const wanted = asked.package === undefined ? undefined : within(asked.package);
  const chosen = wanted === undefined ? folders : folders.filter((folder) => folder === wanted);
  if (chosen.length === 1) return chosen[0] ?? '.';
  if (folders.length === 0) throw noStart('no package of go.mod is a main package');
  throw ambiguous('several main packages', 'package', folders);
}
