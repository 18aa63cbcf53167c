import { expect, test } from '@jest/globals';
import { imageReference, isLoopback, isSameImage } from '../../../src/domain/onboarding/image-reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each([
  ['node:24', { registry: 'docker.io', repository: 'library/node', tag: '24' }],
  ['team/web', { registry: 'docker.io', repository: 'team/web' }],
  ['localhost/web:v1', { registry: 'localhost', repository: 'web', tag: 'v1' }],
  ['127.0.0.1:5000/team/web', { registry: '127.0.0.1:5000', repository: 'team/web' }],
  [`ghcr.io/a/b:v1@${DIGEST}`, { registry: 'ghcr.io', repository: 'a/b', tag: 'v1', digest: DIGEST }],
  [`ghcr.io/a/b@${DIGEST}`, { registry: 'ghcr.io', repository: 'a/b', digest: DIGEST }],
])('%s', (image, parts) => {
  expect(imageReference(image)).toEqual(parts);
});

test('a digest says more than a tag', () => {
  expect([
    isSameImage(`a/b:v1@${DIGEST}`, `a/b@${DIGEST}`),
    isSameImage(`a/b:v1@${DIGEST}`, `a/c:v1@${DIGEST}`),
    isSameImage('a/b:v1', 'a/b:v1'),
    isSameImage('a/b:v1', `a/b:v1@${DIGEST}`),
  ]).toEqual([true, false, true, false]);
});

test.each([
  ['localhost:5000', true],
  ['127.0.0.1', true],
  ['127.0.0.1.example.com', false],
  ['registry.example.com', false],
])('%s on this machine: %s', (registry, own) => {
  expect(isLoopback(registry)).toBe(own);
});
