import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { LEGAL, RING_BACK, VIOLATIONS } from './import-rules.cases.ts';

const ROOMS = ['src', 'workflows', 'activities', 'sandbox', 'test', 'bench', 'scripts', 'bin'];
const tree = mkdtempSync(join(tmpdir(), 'sluice-import-rules-'));

/** A file that every import of a case can land on. */
const TARGETS = [...LEGAL, ...VIOLATIONS].flatMap(({ from, to }) =>
  to.endsWith('.ts') ? [resolveFrom(from, to)] : [],
);

let reported: { from: string; rule: { name: string } }[] = [];

beforeAll(() => {
  for (const room of ROOMS) mkdirSync(join(tree, room), { recursive: true });
  for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, file), join(tree, file));
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  for (const target of TARGETS)
    write(target, 'export interface Shape { readonly a: number }\nexport const value = 1;\n');
  LEGAL.forEach((legal, index) => writeCase(legal, `legal-${index}`));
  VIOLATIONS.forEach((violation, index) => writeCase(violation, `wrong-${index}`));
  writeCase(RING_BACK, 'ring-back');
  reported = cruise();
}, 60_000);

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('every rule reports its violation', () => {
  test.each(VIOLATIONS.map((violation, index) => ({ ...violation, index })))(
    '$rule: $from imports $to ($kind)',
    ({ rule, from, index }) => {
      const rules = reported
        .filter((violation) => violation.from === caseFile(from, `wrong-${index}`))
        .map((violation) => violation.rule.name);
      expect(rules).toContain(rule);
    },
  );

  test('no rule is without a case', () => {
    const names = JSON.parse(
      node([
        '-p',
        `JSON.stringify(require(${JSON.stringify(join(ROOT, '.dependency-cruiser.cjs'))}).forbidden.map((rule) => rule.name))`,
      ]),
    ) as string[];
    expect(new Set(VIOLATIONS.map((violation) => violation.rule))).toEqual(new Set(names));
  });
});

test.each(LEGAL.map((legal, index) => ({ ...legal, index })))(
  'allowed: $from imports $to ($kind)',
  ({ from, index }) => {
    expect(reported.filter((violation) => violation.from === caseFile(from, `legal-${index}`))).toEqual([]);
  },
);

test('each rule says where to fix', () => {
  const comments = JSON.parse(
    node([
      '-p',
      `JSON.stringify(require(${JSON.stringify(join(ROOT, '.dependency-cruiser.cjs'))}).forbidden.map((rule) => rule.comment))`,
    ]),
  ) as string[];
  for (const comment of comments) expect(comment.length).toBeGreaterThan(40);
});

function cruise(): typeof reported {
  const cli = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const result = spawnSync(
    process.execPath,
    [cli, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...ROOMS],
    {
      cwd: tree,
      encoding: 'utf8',
      maxBuffer: 50_000_000,
    },
  );
  if (!result.stdout.startsWith('{')) throw new Error(result.stderr || result.stdout);
  return (JSON.parse(result.stdout) as { summary: { violations: typeof reported } }).summary.violations;
}

function node(args: string[]): string {
  const result = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout;
}

function writeCase({ from, to, kind }: (typeof LEGAL)[number], name: string): void {
  write(
    caseFile(from, name),
    kind === 'type'
      ? `import type { Shape } from '${to}';\nexport type Kept = Shape;\n`
      : `import { value } from '${to}';\nexport const kept = value;\n`,
  );
}

/** `src/cli/` becomes a file of its own there; a whole file name is taken as it is. */
function caseFile(from: string, name: string): string {
  return from.endsWith('/') ? `${from}${name}.ts` : from;
}

function resolveFrom(from: string, to: string): string {
  return join(dirname(caseFile(from, 'x')), to);
}

function write(path: string, text: string): void {
  const full = join(tree, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}
