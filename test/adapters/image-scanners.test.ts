import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImageScanners } from '../../src/adapters/image-scanners/index.ts';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'sluice-scanners-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const SIGNAL = new AbortController().signal;
const IMAGE = { archive: '/images/web.tar', id: `sha256:${'1'.repeat(64)}` };
const SPDX = {
  spdxVersion: 'SPDX-2.3',
  creationInfo: { creators: ['Organization: Anchore', 'Tool: syft-1.57.1'] },
  packages: [{ name: 'web' }, { name: 'left-pad' }],
};
const CYCLONEDX = { bomFormat: 'CycloneDX', specVersion: '1.6' };

/** A program that writes these texts to the files of its arguments, in their order, and ends with the code. */
function program(name: string, texts: readonly string[], code = 0): string {
  const file = join(root, name);
  for (const [index, text] of texts.entries()) writeFileSync(join(root, `${name}.${index}`), text);
  writeFileSync(
    file,
    `#!/bin/sh
echo "$*" >> "$0.calls"
n=0
for word in "$@"; do
  case "$word" in
    *=/*) cp "$0.$n" "\${word#*=}"; n=$((n+1)) ;;
    */answer.json) cp "$0.0" "$word" ;;
  esac
done
echo "a reason" >&2
exit ${code}
`,
  );
  chmodSync(file, 0o755);
  return file;
}

const scanners = (more: { readonly sbomProgram?: string; readonly scanner?: string } = {}) =>
  createImageScanners({ sbomProgram: 'none/syft', timeout: 60_000, folder: join(root, 'sboms'), ...more });
const calls = (name: string): number =>
  readFileSync(join(root, `${name}.calls`), 'utf8')
    .trim()
    .split('\n').length;
const syft = (spdx: unknown = SPDX, cyclonedx: unknown = CYCLONEDX, code = 0): string =>
  program('syft', [JSON.stringify(spdx), JSON.stringify(cyclonedx)], code);

test('the bill of an image is written in both formats, once for each image', async () => {
  const { sbom } = scanners({ sbomProgram: syft() });

  const first = await sbom(IMAGE, SIGNAL);

  const text = readFileSync(join(root, 'sboms', `sha256-${'1'.repeat(64)}.spdx.json`));
  expect(first).toMatchObject({
    program: 'syft-1.57.1',
    packages: 1,
    spdx: { sha256: createHash('sha256').update(text).digest('hex') },
  });
  expect(await sbom(IMAGE, SIGNAL)).toEqual(first);
  expect(calls('syft')).toBe(1);
  expect(await sbom({ ...IMAGE, id: `sha256:${'2'.repeat(64)}` }, SIGNAL)).not.toEqual(first);
});

test.each([
  ['is missing', () => undefined, /none\/syft is not on this machine/],
  ['fails', () => syft(SPDX, CYCLONEDX, 1), /exit code 1: a reason/],
  ['writes another version of SPDX', () => syft({ ...SPDX, spdxVersion: 'SPDX-2.2' }), /has not written both/],
  [
    'writes another version of CycloneDX',
    () => syft(SPDX, { ...CYCLONEDX, specVersion: '1.5' }),
    /has not written both/,
  ],
  ['writes no JSON', () => program('syft', ['{', '{']), /has not written both/],
])('a program that %s makes no bill, and leaves no file', async (_, make, why) => {
  const sbomProgram = make();

  const made = await scanners(sbomProgram === undefined ? {} : { sbomProgram }).sbom(IMAGE, SIGNAL);

  expect(made).toEqual({ notRun: expect.stringMatching(why) });
  expect(existsSync(join(root, 'sboms', `sha256-${'1'.repeat(64)}.spdx.json`))).toBe(false);
});

test('a cancelled call is no missing check', async () => {
  const aborted = AbortSignal.abort(new Error('the delivery is cancelled'));

  await expect(scanners({ sbomProgram: syft() }).sbom(IMAGE, aborted)).rejects.toThrow('the delivery is cancelled');
  const scanner = program('grype', [JSON.stringify(GRYPE)]);
  await expect(scanners({ scanner }).vulnerabilities(BILL, aborted)).rejects.toThrow('the delivery is cancelled');
});

const FILE = { file: '/sboms/web.json', sha256: '' };
const BILL = { program: 'syft', packages: 1, spdx: FILE, cyclonedx: FILE };
const GRYPE = {
  matches: [
    {
      vulnerability: { id: 'CVE-2026-1', severity: 'High', fix: { versions: ['1.0.1'] } },
      artifact: { name: 'left-pad', version: '1.0.0' },
    },
    { vulnerability: { id: 'CVE-2026-2', severity: 'Odd' }, artifact: { name: 'libc6', version: '2.36' } },
  ],
  descriptor: { version: '0.121.3', db: { status: { built: '2026-11-01T00:00:00Z' } } },
};
const OSV = {
  results: [
    {
      packages: [
        {
          package: { name: 'left-pad', version: '1.0.0' },
          groups: [
            { ids: ['GHSA-aaaa-bbbb-cccc'], max_severity: '7.5' },
            { ids: ['MAL-2026-1'], max_severity: '' },
          ],
        },
      ],
    },
  ],
};

test('the answer of grype is read', async () => {
  const scan = await scanners({ scanner: program('grype', [JSON.stringify(GRYPE)]) }).vulnerabilities(BILL, SIGNAL);

  expect(scan).toEqual({
    program: 'grype 0.121.3, data of 2026-11-01T00:00:00Z',
    found: [
      { id: 'CVE-2026-1', severity: 'high', package: 'left-pad 1.0.0', fixedIn: ['1.0.1'] },
      { id: 'CVE-2026-2', severity: 'unknown', package: 'libc6 2.36', fixedIn: [] },
    ],
  });
});

test('the answer of osv-scanner is read, which ends with code 1 if it has found something', async () => {
  const scanner = program('osv-scanner', [JSON.stringify(OSV)], 1);

  expect(await scanners({ scanner }).vulnerabilities(BILL, SIGNAL)).toEqual({
    program: 'osv-scanner',
    found: [
      { id: 'GHSA-aaaa-bbbb-cccc', severity: 'high', package: 'left-pad 1.0.0', fixedIn: [] },
      { id: 'MAL-2026-1', severity: 'unknown', package: 'left-pad 1.0.0', fixedIn: [] },
    ],
  });
});

test.each([
  ['grype', 'ends with code 1', [JSON.stringify(GRYPE)], 1, /exit code 1/],
  ['osv-scanner', 'has no database', [JSON.stringify(OSV)], 127, /exit code 127/],
  ['grype', 'answers with something else', ['{}'], 0, /cannot be read/],
  ['grype', 'answers with nothing', [''], 0, /cannot be read/],
])('%s that %s has not scanned', async (name, _, texts, code, why) => {
  const scanner = program(name, texts, code);

  expect(await scanners({ scanner }).vulnerabilities(BILL, SIGNAL)).toEqual({ notRun: expect.stringMatching(why) });
});
