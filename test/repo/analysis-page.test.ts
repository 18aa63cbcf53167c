import { expect, test } from '@jest/globals';
import { analysis } from '../../src/contract/analysis-file.ts';
import { FUNCTIONS } from '../../src/domain/analysis/condition/syntax.ts';
import { ARM_ARGUMENTS, QUERY_ARGUMENTS } from '../../src/domain/analysis/query-arguments.ts';
import { read } from './tracked-files.ts';

const page = read('docs/analysis.md');

/** Fields that are told as parts of another. */
const NAMED_OTHERWISE: Readonly<Record<string, string>> = { margins: 'margins.errors' };

test.each(Object.keys(analysis.shape))('docs/analysis.md tells of the field %s', (field) =>
  expect(page).toContain(`\`${NAMED_OTHERWISE[field] ?? field}\``),
);

test.each([...Object.keys(QUERY_ARGUMENTS), ...ARM_ARGUMENTS])('docs/analysis.md tells of the argument %s', (name) =>
  expect(page).toMatch(new RegExp(`\`${name}\`[^|]*\\|`)),
);

test.each(Object.keys(FUNCTIONS))('docs/analysis.md tells of the function %s', (name) =>
  expect(page).toContain(`\`${name}\``),
);
