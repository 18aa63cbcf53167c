import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { EVIDENCE } from '../../src/evidence/index.ts';
import { SPLITS } from '../../src/splits/index.ts';
import { TARGETS } from '../../src/targets/index.ts';
import { TOOLSET_NAMES } from '../../src/toolsets/index.ts';
import { read, trackedFiles } from './tracked-files.ts';

const LISTS = [
  ['src/targets', TARGETS.map(({ name }) => name)],
  ['src/splits', SPLITS.map(({ name }) => name)],
] as const;
const NAMES: readonly string[] = LISTS.flatMap(([, names]) => names);
const LISTING = /^src\/(targets|splits)\//;
const sources = trackedFiles().filter((path) => /^(workflows|activities|src)\/.*\.ts$/.test(path));
/** A strategy for one kind of target chooses it in the file that makes its release. */
const CHOICE = /^src\/strategies\/[^/]+\/file\.ts$/;
const others = sources.filter((path) => !LISTING.test(path) && !CHOICE.test(path));

/** Where a source names one of `names` as a target or a split, line by line. */
function namings(source: string, names: readonly string[]): readonly string[] {
  // A proxy that has a toolset of the same name may be named as a toolset; then only a choice by the name counts.
  const literals = names.filter((name) => !TOOLSET_NAMES.includes(name)).map((name) => `['"\`]${name}['"\`]`);
  const choices = names.map(
    (name) => `\\b(split|targetKind|target_kind|kind)\\b['"]?\\]?\\s*(: |=== |!== )['"\`]${name}`,
  );
  const naming = new RegExp([...literals, ...choices].join('|'));
  return source.split('\n').filter((line) => naming.test(line));
}

test.each(LISTS)('%s lists each of its folders, once', (folder, names) => {
  const folders = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(names.toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
  expect(new Set(names).size).toBe(names.length);
});

test('src/evidence lists each of its folders, once', () => {
  const folders = readdirSync(join(ROOT, 'src/evidence'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(EVIDENCE.map(({ name }) => name.toLowerCase()).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
});

test('only the folder of a target or a split names it', () => {
  expect(others.length).toBeGreaterThan(400);
  expect(others.flatMap((path) => namings(read(path), NAMES).map((line) => `${path}: ${line}`))).toEqual([]);
});

test.each([
  [1, "if (plan.split === 'traefik') act();"],
  [1, "const plan = { targetKind: 'argo-rollout' };"],
  [1, "const list = ['argo-rollout'];"],
  [0, "const command = { toolset: 'traefik' };"],
  [0, "import { traefik } from './traefik/index.ts';"],
])('%d naming: %s', (count, source) => {
  expect(namings(source, ['argo-rollout', 'traefik'])).toHaveLength(count);
});

test('what composes doctor, ports and clusters speaks of no target and no split', () => {
  const composing = sources.filter((path) => /^src\/(entry\/(doctor[^/]*|ports)\.ts|clusters\/)/.test(path));
  expect(composing.length).toBeGreaterThan(8);
  expect(composing.filter((path) => /traefik|rollout|temporal/i.test(read(path)))).toEqual([]);
  const outside = composing.filter((path) => !path.startsWith('src/clusters/'));
  expect(outside.filter((path) => /prometheus/i.test(read(path)))).toEqual([]);
});
