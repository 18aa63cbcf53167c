import { expect, test } from '@jest/globals';
import { isMissing } from '../../src/temporal/failure.ts';

const answered = (code: number, message: string) => Object.assign(new Error(message), { code });

test('a run id of another form names no run; another invalid argument is no missing run', () => {
  expect(isMissing(answered(3, '3 INVALID_ARGUMENT: Invalid RunId.'))).toBe(true);
  expect(isMissing(answered(3, '3 INVALID_ARGUMENT: WorkflowId is not set.'))).toBe(false);
  expect(isMissing(answered(5, 'workflow not found'))).toBe(true);
  expect(isMissing(answered(5, 'Namespace default is not found.'))).toBe(false);
});
