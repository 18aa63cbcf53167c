import { expect, test } from '@jest/globals';
import { lastLine } from '../../bench/gateway/last-line.ts';

const figures = [
  { name: 'direct', p50: 0.2, rates: { 1: 4000, 32: 9000 } },
  { name: 'sluice', p50: 0.7, rates: { 1: 1600, 32: 6000 } },
  { name: 'supergateway', p50: 1.2, rates: { 1: 1200, 32: 2000 } },
  { name: 'mcp-proxy', p50: 1.4, rates: { 1: 900, 32: 3000 } },
] as const;

test('the last line has the ratios to the best of the others, which may be two, and the memory', () => {
  expect(lastLine(figures, 1000, 121.6)).toBe(
    'added p50 x0.50 of supergateway, calls/s x2.00 of mcp-proxy, 1000 sessions 122 MB',
  );
});

test('a bridge that failed before 32 callers is not the one to compare calls with', () => {
  const failed = { name: 'quick', p50: 1, rates: { 1: 5000 }, failed: '8 callers: it ended' };
  expect(lastLine([...figures, failed], 1000, 90)).toBe(
    'added p50 x0.62 of quick, calls/s x2.00 of mcp-proxy, 1000 sessions 90 MB',
  );
});

test('without another bridge there is no line', () => {
  expect(() => lastLine(figures.slice(0, 2), 1000, 90)).toThrow('nothing to compare with');
});
