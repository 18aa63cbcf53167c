import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Io } from '../../src/cli/deps.ts';
import { startProgress } from '../../src/cli/progress.ts';

const lines: (string | undefined)[] = [];
const io = { status: (line: string | undefined) => void lines.push(line) } as unknown as Io;

beforeEach(() => {
  lines.length = 0;
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('a quick command shows nothing', () => {
  const progress = startProgress(io, 'Abort a Rollout');

  jest.advanceTimersByTime(1900);
  progress.stop();

  expect(lines).toEqual([]);
});

test('after two seconds it says what is going on and for how long, and takes the line away at the end', () => {
  const progress = startProgress(io, 'Abort a Rollout');

  jest.advanceTimersByTime(2300);
  progress.report('waiting for\u001b[2J the controller', 0.25);
  jest.advanceTimersByTime(1000);
  progress.stop();
  jest.advanceTimersByTime(5000);

  expect(lines[0]).toMatch(/^. Abort a Rollout \(2 s\)$/);
  expect(lines.at(-2)).toMatch(/^. waiting for\[2J the controller 25 % \(3 s\)$/);
  expect(lines.at(-1)).toBeUndefined();
});

test('where stderr is no terminal nothing is ever shown', () => {
  const { status: _, ...pipe } = io;
  const progress = startProgress(pipe, 'x');

  jest.advanceTimersByTime(10_000);
  progress.report('y');
  progress.stop();

  expect(lines).toEqual([]);
});
