import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { problemsOf } from '../../src/contract/parse.ts';

const schema = z.object({
  text: z.string().min(2).max(3).optional(),
  name: z.string().regex(/^x$/).optional(),
  named: z.string().regex(/^x$/, 'must be x').optional(),
  count: z.int().min(1).max(5).optional(),
  share: z.number().gt(0).lt(1).optional(),
  list: z.array(z.string()).min(1).optional(),
  on: z.boolean().optional(),
  values: z.record(z.string(), z.unknown()).optional(),
});

test.each([
  [{ text: 1 }, 'must be text'],
  [{ text: 'a' }, 'must have at least 2 characters'],
  [{ text: 'abcd' }, 'must have at most 3 characters'],
  [{ name: 'y' }, 'has the wrong form: it must match /^x$/'],
  [{ named: 'y' }, 'must be x'],
  [{ count: 1.5 }, 'must be a whole number'],
  [{ count: 'one' }, 'must be a number'],
  [{ count: 0 }, 'must be at least 1'],
  [{ count: 6 }, 'must be at most 5'],
  [{ share: 0 }, 'must be more than 0'],
  [{ share: 1 }, 'must be less than 1'],
  [{ list: 'a' }, 'must be a list'],
  [{ list: [] }, 'must have at least 1 entry'],
  [{ on: 'yes' }, 'must be true or false'],
  [{ values: [] }, 'must be an object'],
  ['x', 'must be an object'],
])('%j: %s', (value, message) => {
  expect(problemsOf(schema, value).map((one) => one.message)).toEqual([message]);
});
