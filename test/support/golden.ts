import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';

/**
 * Compares with a file of test/golden/files, which contain the public interface for people and agents. A missing file
 * is a failure. UPDATE_GOLDEN=1 writes it.
 */
export function expectGolden(name: string, actual: string): void {
  const file = new URL(`../golden/files/${name}`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
  if (!existsSync(file))
    throw new Error(`test/golden/files/${name} is missing. Run the test with UPDATE_GOLDEN=1 and commit the file.`);
  expect(actual).toBe(readFileSync(file, 'utf8'));
}
