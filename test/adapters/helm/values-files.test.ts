import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { valuesOfFiles } from '../../../src/adapters/helm/values-files.ts';
import { failureOf } from '../../support/argo-objects-stage.ts';
import { chartFolder } from '../../support/helm-charts.ts';

const folder = chartFolder();
mkdirSync(join(folder, 'values'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, 'values', name), text);
  return `./values/${name}`;
};

test('files are merged as Helm merges them, later ones over earlier ones', async () => {
  const base = file('base.yaml', 'image: {name: shop, tag: v1}\nhosts: [a, b]\nmode: 0644\ndebug: yes\n');
  const prod = file('prod.yaml', '# Production.\nimage: {tag: v2}\nhosts: [c]\nname: null\n');
  expect(await valuesOfFiles([base, prod], folder)).toEqual({
    image: { name: 'shop', tag: 'v2' },
    hosts: ['c'],
    mode: 0o644,
    debug: true,
    name: null,
  });
  expect(await valuesOfFiles([file('empty.yaml', '# nothing\n')], folder)).toEqual({});
  expect(await valuesOfFiles([], folder)).toEqual({});
});

const bomb = ['a: &a [x]', 'b: &b [*a, *a, *a, *a]', `c: &c [${Array(99).fill('*b').join(', ')}]`].join('\n');
test.each([
  ['a key twice', 'a: 1\na: 2\n', /must be unique/],
  ['several documents', 'a: 1\n---\nb: 2\n', /2 documents; one is the most/],
  ['a list', '[1]', /not an object/],
  ['broken YAML', 'a: [', /flow/i],
  ['an alias bomb', bomb, /alias/i],
  ['2 MB', `a: ${'x'.repeat(2_000_000)}`, /bytes; 1000000 are the most/],
])('a file with %s is refused by its name', async (_, text, why) => {
  const failure = await failureOf(valuesOfFiles([file('bad.yaml', text)], folder));
  expect([failure.code, failure.message]).toEqual(['INVALID_INPUT', expect.stringMatching(why)]);
  expect(failure.message).toContain('./values/bad.yaml');
});

test('a file is inside of the folder of charts, also behind a link, and is no folder', async () => {
  symlinkSync('/etc/hostname', join(folder, 'values', 'link.yaml'));
  for (const name of ['./values/link.yaml', './values/none.yaml', './values'])
    expect(await failureOf(valuesOfFiles([name], folder))).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(name),
    });
});
