import { describe, expect, test } from '@jest/globals';
import { findField, splitImage, withValue, type Field, type FieldOf } from '../../../src/targets/flux/field.ts';

const WEB: FieldOf = { rollout: 'web', container: 'app', image: 'registry.example/shop:v1' };
const ROLLOUT = `# The shop.
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: side
          image: side:v1
        - name: app
          image: "registry.example/shop:v1" # released by Sluice
`;
const KUSTOMIZATION = `resources: [web.yaml]
images:
  - {name: side, newTag: v1}
  - name: registry.example/shop
    newTag: 'v1'
`;

test.each([
  [ROLLOUT, {}, 'spec.template.spec.containers[1].image', 'registry.example/shop:v1'],
  [
    `kind: Service\nmetadata: {name: web}\n---\n${ROLLOUT}`,
    {},
    'spec.template.spec.containers[1].image',
    'registry.example/shop:v1',
  ],
  [KUSTOMIZATION, {}, 'images[1].newTag', 'v1'],
  ['spec:\n  values:\n    tag: v1\n', { field: 'spec.values.tag' }, 'spec.values.tag', 'v1'],
])('a field is found, and nothing else changes', (text, more, path, value) => {
  const field = findField(text, { ...WEB, ...more }) as Field;

  expect(field).toMatchObject({ path, value });
  expect(withValue(text, field, value)).toBe(text);
  expect(withValue(text, field, 'v2').replace('v2', value)).toBe(text);
  expect(findField(withValue(text, field, 'v2'), { ...WEB, ...more })).toMatchObject({ value: 'v2' });
});

describe('a file is refused', () => {
  test.each([
    ['a: [', {}, /is no YAML/],
    ['kind: Service\n', {}, /has neither a Rollout web with a container app nor a Kustomization/],
    ['a: &x v1\nb: *x\n', { field: 'a' }, /no text at a/],
    ['a: &x v1\nb: *x\n', { field: 'b' }, /no text at b/],
    ['a: 1.2\n', { field: 'a.b' }, /no text at a\.b/],
    ['a: |\n  v1\n', { field: 'a' }, /no text at a/],
    ['a: "v\\u0031"\n', { field: 'a' }, /no text at a/],
    [`${ROLLOUT}---\n${ROLLOUT}`, {}, /has 2 such fields/],
  ])('%j', (text, more, reason) => {
    expect(findField(text, { ...WEB, ...more })).toEqual(expect.stringMatching(reason));
  });
});

test.each([
  ['shop:v1', { name: 'shop', tag: 'v1' }],
  ['localhost:5000/shop', { name: 'localhost:5000/shop' }],
  ['localhost:5000/shop:v1', { name: 'localhost:5000/shop', tag: 'v1' }],
  ['shop@sha256:00', { name: 'shop@sha256:00' }],
])('%s has its name and its tag', (image, parts) => {
  expect(splitImage(image)).toEqual(parts);
});
