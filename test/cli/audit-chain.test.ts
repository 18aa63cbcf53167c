import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { chained, ChainReader, type ChainCheck } from '../../src/observability/audit-chain.ts';

const entry = (detail: string): AuditEntry => ({
  ...{ at: '2026-01-01T00:00:00.000Z', who: 'cli:ada', tool: 'release_start', kind: 'write' },
  ...{ arguments: { 2: 'two', namespace: 'shop' }, result: 'ok', detail, ms: 1 },
});

/** The lines that writers leave in one file when they write in this order. */
function logOf(writers: readonly number[]): string[] {
  const heads = new Map<number, { n: number; hash: string }>();
  let last = '';
  return writers.map((writer, index) => {
    const head = heads.get(writer);
    const place = { writer: `w${writer}`, n: (head?.n ?? -1) + 1, prev: head?.hash ?? last };
    const { line, hash } = chained(entry(`call ${index}`), place);
    heads.set(writer, { n: place.n, hash });
    last = hash;
    return line;
  });
}

function checked(lines: readonly string[]): ChainCheck {
  const reader = new ChainReader();
  for (const line of lines) reader.read(line);
  return reader.result;
}

const orders = fc.array(fc.nat(3), { minLength: 3, maxLength: 30 });

test('what several writers have left in any order is intact', () =>
  fc.assert(
    fc.property(orders, (order) => {
      const check = checked(logOf(order));
      expect(check).toMatchObject({ lines: order.length, writers: new Set(order).size, broken: [], continued: false });
    }),
  ));

test('a changed line is named', () =>
  fc.assert(
    fc.property(orders, fc.nat(), (order, at) => {
      const lines = logOf(order);
      const index = at % lines.length;
      lines[index] = (lines[index] as string).replace('"who":"cli:ada"', '"who":"cli:bob"');
      expect(checked(lines).broken).toContainEqual({
        line: index + 1,
        why: 'it was changed after it was written',
      });
    }),
  ));

test('a removed line is seen, if a line of its writer or the first line of another one comes after it', () =>
  fc.assert(
    fc.property(orders, fc.nat(), (order, at) => {
      const lines = logOf(order);
      // The last line of all may be gone unseen: nothing refers to it.
      const index = at % (lines.length - 1);
      const { hash } = (JSON.parse(lines[index] as string) as { chain: { hash: string } }).chain;
      const referred = lines.some((line) => line.includes(`"prev":"${hash}"`));
      lines.splice(index, 1);
      const { broken, continued } = checked(lines);
      expect(broken.length > 0 || continued).toBe(referred);
    }),
  ));

test('lines in another order, twice, by another hand, or torn', () => {
  const [one, two, three] = logOf([0, 0, 0]) as [string, string, string];
  expect(checked([one, three, two]).broken).toHaveLength(2);
  expect(checked([one, two, two]).broken).toEqual([{ line: 3, why: 'line 1 of writer w0 was there before' }]);
  expect(checked([one, JSON.stringify(entry('by hand')), two]).broken).toEqual([
    { line: 2, why: 'it has no chain, and lines before it have one' },
  ]);
  expect(checked([one, two.slice(0, 40), two, three]).broken).toEqual([
    { line: 2, why: 'it is no whole line of an audit log' },
  ]);
});

test('a file that continues an older one, and lines of a version without chains', () => {
  const lines = logOf([0, 1, 0, 1, 2]);
  expect(checked(lines.slice(2))).toMatchObject({ broken: [], continued: true });
  expect(checked([JSON.stringify(entry('old')), ...lines])).toMatchObject({ broken: [], unchained: 1 });
});
