import { expect, test } from '@jest/globals';
import { ERRORS } from '../../src/domain/errors.ts';
import { RELEASE_WORKFLOW } from '../../workflows/messages.ts';

test('imports with .ts endings resolve, also through a package', () => {
  expect(Object.keys(ERRORS)).toContain('INTERNAL');
  expect(RELEASE_WORKFLOW).toBe('release');
});
