import { expect, test } from '@jest/globals';
import type { RolloutFacts } from '../../../src/domain/release/preflight-facts.ts';
import { releaseSpec } from '../../support/builders.ts';
import { canaryFacts, checksOf } from '../../support/builders-preflight.ts';

const planOf = (furtherImages: Record<string, string>, changes: Partial<RolloutFacts> = {}) => {
  const facts = canaryFacts({
    images: { app: 'shop:v1', logs: 'logs:1' },
    initImages: { migrate: 'migrate:1' },
    ...changes,
  });
  const { checks, plan } = checksOf(releaseSpec({ image: 'shop:v2', container: 'app', furtherImages }), facts);
  return { check: checks.find(({ name }) => name === 'images'), further: plan?.furtherImages };
};

test('the plan has the images before and after, and leaves out what the template has already', () => {
  expect(planOf({ logs: 'logs:2', migrate: 'migrate:2' })).toEqual({
    check: { name: 'images', ok: true, detail: 'logs: logs:1 → logs:2, migrate: migrate:1 → migrate:2' },
    further: [
      { container: 'logs', from: 'logs:1', to: 'logs:2' },
      { container: 'migrate', from: 'migrate:1', to: 'migrate:2' },
    ],
  });
  expect(planOf({ logs: 'logs:1' })).toEqual({
    check: { name: 'images', ok: true, detail: 'the template has them already' },
    further: undefined,
  });
  expect(planOf({})).toEqual({ check: undefined, further: undefined });
});

test.each([
  [{ web: 'a:1' }, {}, 'there is no container web; the containers are: app, logs, migrate'],
  [{ app: 'a:1' }, {}, 'the image of app is in image'],
  [{ logs: 'logs:2' }, { podHash: 'bad' }, 'the template is not that of the stable version'],
])('%j is refused, and nothing is planned', (further, changes, detail) => {
  expect(planOf(further, changes)).toEqual({
    check: { name: 'images', ok: false, detail: expect.stringContaining(detail), next: expect.any(String) },
    further: undefined,
  });
});
