import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { namedContainer, updateSpec } from '../../src/contract/update-file.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';

const TARGET = { cluster: 'prod', namespace: 'shop', rollout: 'web' };
const spec = (document: unknown) =>
  updateSpec(document, { target: TARGET, container: 'app', image: 'shop:v6' }, DEFAULTS);

test('the fields of the file are those of the release, and the update gives target, image and container', () => {
  expect(spec({ analysis: { soak: '2m' }, guard: '0', container: 'other' })).toMatchObject({
    ...{ target: TARGET, image: 'shop:v6', container: 'app', strategy: 'watched-canary' },
    ...{ analysis: { soakMs: 120_000 }, guardMs: 0, approval: false },
  });
  expect(spec({})).toMatchObject({ guardMs: 1_800_000 });
});

test.each([
  ['target', { namespace: 'other', rollout: 'x' }, 'the Rollout that was updated'],
  ['image', 'shop:v7', 'that of the update'],
  ['images', { log: 'log:v2' }, 'those of the update'],
  ['template', { spec: { nodeName: 'a' } }, 'that of the update'],
  ['approval', { required: true }, 'has come already'],
  ['approvers', { by: [], count: 1 }, 'has come already'],
  ['when_busy', 'queue', 'waits for the release before it'],
  ['helm', {}, 'has come already'],
  ['flux', {}, 'has come already'],
  ['target_kind', 'mcp-server', 'a Rollout'],
  ['split', 'Argo Status', 'must be a name'],
  ['strategy', 'canary', 'must be watched-canary'],
  ['steps', [50, 100], 'not for a watched canary'],
  ['gard', '0', 'unknown field'],
  ['guard', 'soon', 'must be'],
])('%s is refused with its reason', (name, value, why) => {
  expect(() => spec({ [name]: value })).toThrow(new RegExp(`^${name}.*${why}`, 's'));
});

test('the split may be that of a Rollout without Traefik', () => {
  expect(spec({ split: 'argo-status' })).toMatchObject({ strategy: 'watched-canary', split: 'argo-status' });
});

test.each([[[]], ['text'], [3], [null]])('%j is no release file', (document) => {
  expect(() => spec(document)).toThrow('it must have the fields of a release file');
  expect(namedContainer(document)).toBeUndefined();
});

test.each([
  ['release-file.yaml', { guardMs: 1_800_000 }],
  ['release-file-metrics.yaml', { split: 'argo-status', analysis: { metrics: [{ name: 'failed-answers' }] } }],
])('the example %s is a good one', (name, fields) => {
  const text = readFileSync(new URL(`../../examples/updates/${name}`, import.meta.url), 'utf8');
  const { data } = parse(text) as { data: Record<string, string> };
  expect(spec(parse(data['release.yaml'] as string))).toMatchObject({ manualPromotion: false, ...fields });
});
