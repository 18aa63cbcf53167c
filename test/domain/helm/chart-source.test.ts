import { expect, test } from '@jest/globals';
import { chartKind } from '../../../src/domain/helm/chart-source.ts';
import { mergedValues, readRevision } from '../../../src/domain/helm/read-revision.ts';

test.each([
  ['./charts/web', undefined, 'local'],
  ['./web-1.0.0.tgz', undefined, 'local'],
  ['oci://127.0.0.1:5055/team/web', undefined, 'oci'],
  ['https://charts.example/web-1.0.0.tgz', undefined, 'url'],
  ['team/web', undefined, 'repository'],
  ['web', 'https://charts.example', 'repo_url'],
  ['web', undefined, undefined],
  ['team/web', 'https://charts.example', undefined],
  ['-web', 'https://charts.example', undefined],
  ['./a/../../b', undefined, undefined],
  ['../b', undefined, undefined],
  ['/b', undefined, undefined],
  ['a/b/c', undefined, undefined],
  ['https://ada:pw@charts.example/web.tgz', undefined, undefined],
  ['oci://-host/web', undefined, undefined],
  ['./web\n--debug', undefined, undefined],
])('%s with %s is %s', (chart, repoUrl, kind) => {
  expect(chartKind({ chart, repoUrl })).toBe(kind);
});

test('values are merged as Helm does: deeply, and null removes', () => {
  const merged = mergedValues(
    { a: { b: 1, c: 2 }, d: [1, 2], e: 'x' },
    { a: { c: 3 }, d: [9], e: null, __proto__x: 1 },
  );
  expect(merged).toEqual({ a: { b: 1, c: 3 }, d: [9], __proto__x: 1 });
});

test('what is no revision is none, and a status that nobody knows is unknown', () => {
  expect(readRevision({ name: 'web' })).toBeUndefined();
  expect(readRevision('text')).toBeUndefined();
  expect(readRevision({ name: 'web', version: 1, info: { status: 'new' } })).toMatchObject({
    status: 'unknown',
    hooks: [],
  });
});
