import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findChromium } from '../../scripts/chromium.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sluice-chromium-'));
const program = join(folder, 'chromium');
writeFileSync(program, '#!/bin/sh\n');
chmodSync(program, 0o755);

test('a Chromium is found on PATH, or where CHROME_BIN says', () => {
  expect(findChromium({ PATH: `/nonexistent:${folder}` })).toBe(program);
  expect(findChromium({ PATH: '/nonexistent', CHROME_BIN: program })).toBe(program);
});

test('what is not there, or no program, is none', () => {
  chmodSync(program, 0o644);

  expect(findChromium({ PATH: folder, CHROME_BIN: '/nonexistent/chrome' })).toBeUndefined();
  expect(findChromium({})).toBeUndefined();
});
