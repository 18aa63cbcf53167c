import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createLocalFiles } from '../../../src/adapters/local-files/index.ts';
import { tarOf, type PackedEntry } from '../../../src/adapters/local-files/tar.ts';
import { tarEntries } from '../../../src/adapters/local/tar.ts';
import type { LocalFilesPort } from '../../../src/ports/local-files.ts';
import { codeOf } from '../../support/argo-objects-stage.ts';

let folder: string;
let outside: string;
let files: LocalFilesPort;
const LIMIT = { bytes: 1_000_000 };
const KEEP = { ...LIMIT, replace: false };
const LONG = `${'deep/'.repeat(30)}name with spaces and ümlauts.txt`;

beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'sluice-outside-'));
  folder = mkdtempSync(join(tmpdir(), 'sluice-files-'));
  files = createLocalFiles(folder);
  writeFileSync(join(outside, 'secret'), 'secret');
});

const entry = (path: string, content = 'x', type: PackedEntry['type'] = 'file'): PackedEntry => ({
  path,
  type,
  mode: 0o644,
  content: Buffer.from(content),
});

test('what GNU tar packs is unpacked, and GNU tar unpacks what is packed, with long names', async () => {
  const source = mkdtempSync(join(tmpdir(), 'sluice-source-'));
  mkdirSync(join(source, 'data', LONG, '..'), { recursive: true });
  writeFileSync(join(source, 'data', LONG), 'content');
  writeFileSync(join(source, 'data', 'run.sh'), '#!/bin/sh', { mode: 0o755 });
  for (const format of ['gnu', 'pax', 'ustar']) {
    const tar = execFileSync('tar', [`--format=${format}`, '-cf', '-', '-C', source, './data']);
    expect(await files.unpack(tar, 'data', format, KEEP)).toEqual({ files: 2, bytes: 16, leftOut: [] });
    expect(readFileSync(join(folder, format, LONG), 'utf8')).toBe('content');
  }
  expect(statSync(join(folder, 'gnu', 'run.sh')).mode & 0o777).toBe(0o700);

  const { tar, ...packed } = await files.pack('gnu', 'again', LIMIT);
  expect(packed).toEqual({ files: 2, bytes: 16, leftOut: [] });
  execFileSync('tar', ['-xmf', '-', '-C', outside], { input: tar });
  expect(readFileSync(join(outside, 'again', LONG), 'utf8')).toBe('content');
  expect(await files.isCopy(tar, tar)).toBe(true);
  expect(await files.isCopy(tar, tarOf([entry('again/run.sh', 'other')]))).toBe(false);
});

describe('nothing leads out of the folder', () => {
  test.each(['../x', '/etc/x', 'a/../../x', '.', '..', 'link/x'])('the path %s is refused', async (path) => {
    symlinkSync(outside, join(folder, 'link'));
    mkdirSync(join(folder, 'a'));
    expect(await codeOf(files.unpack(tarOf([entry('x')]), 'x', path, KEEP))).toBe('INVALID_INPUT');
    expect(await codeOf(files.pack(path, 'x', LIMIT))).toBe('INVALID_INPUT');
    expect(readdirSync(outside)).toEqual(['secret']);
  });

  test('entries with other paths, and links, are left out by name', async () => {
    const bad = ['../evil', '/evil', 'x/../../evil', 'y', 'x//evil', 'x/./evil'];
    const tar = tarOf([entry('x', '', 'folder'), ...bad.map((path) => entry(path)), entry('x/good')]);
    const withLink = Buffer.concat([linked('x/link', '/etc/passwd'), tar]);
    const { files: count, leftOut } = await files.unpack(withLink, 'x', 'copy', KEEP);
    expect([count, leftOut.length, readdirSync(join(folder, 'copy'))]).toEqual([1, 7, ['good']]);
    expect(readdirSync(folder)).toEqual(['copy']);
  });

  test('a link in the place of a target is not followed, and links are not packed', async () => {
    symlinkSync(join(outside, 'secret'), join(folder, 'out'));
    expect(await codeOf(files.unpack(tarOf([entry('x')]), 'x', 'out', { ...KEEP, replace: true }))).toBe(
      'NOT_APPLICABLE',
    );
    expect(await codeOf(files.pack('out', 'x', LIMIT))).toBe('NOT_APPLICABLE');
    mkdirSync(join(folder, 'some'));
    symlinkSync(join(outside, 'secret'), join(folder, 'some', 'link'));
    expect(await files.pack('some', 'x', LIMIT)).toMatchObject({
      files: 0,
      leftOut: ['x/link: it is a symbolic link'],
    });
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
  });
});

test('a copy appears as a whole or not at all', async () => {
  const half = tarOf([entry('x', '', 'folder'), entry('x/a', 'a'.repeat(2000))]).subarray(0, 1600);
  const whole = tarOf([entry('x', 'x'.repeat(512))]);
  // An archive that ends after an entry has no empty block at its end.
  const withoutEnd = whole.subarray(0, whole.length - 1024);
  const twice = tarOf([entry('x', '', 'folder'), entry('x/a'), entry('x/a')]);
  const clash = tarOf([entry('x', '', 'folder'), entry('x/a'), entry('x/a/b')]);
  for (const tar of [half, withoutEnd, twice, clash, Buffer.from('no archive'.repeat(100)), Buffer.alloc(0)])
    expect(await codeOf(files.unpack(tar, 'x', 'copy', KEEP))).toBe('NOT_APPLICABLE');
  expect(await codeOf(files.unpack(tarOf([entry('x', 'long')]), 'x', 'copy', { ...KEEP, bytes: 3 }))).toBe(
    'NOT_APPLICABLE',
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('a file is replaced only on request, a folder never', async () => {
  writeFileSync(join(folder, 'copy'), 'old');
  mkdirSync(join(folder, 'dir'));
  const tar = tarOf([entry('x', 'new')]);
  expect(await codeOf(files.requireFree('copy', false))).toBe('NOT_APPLICABLE');
  expect(await codeOf(files.unpack(tar, 'x', 'copy', KEEP))).toBe('NOT_APPLICABLE');
  await files.unpack(tar, 'x', 'copy', { ...KEEP, replace: true });
  expect(readFileSync(join(folder, 'copy'), 'utf8')).toBe('new');
  expect(await codeOf(files.unpack(tar, 'x', 'dir', { ...KEEP, replace: true }))).toBe('NOT_APPLICABLE');
  expect(await codeOf(files.pack('none', 'x', LIMIT))).toBe('NOT_APPLICABLE');
  expect(await codeOf(files.pack('copy', 'x', { bytes: 2 }))).toBe('NOT_APPLICABLE');
});

test('an archive is read entry by entry', async () => {
  const entries = [entry('a', 'one'), entry('b', '', 'folder'), entry(`b/${'n'.repeat(120)}`, 'two')];
  const read = await Array.fromAsync(tarEntries(tarOf(entries)));
  expect(read.map(({ path, type }) => `${type} ${path.replace(/\/$/, '')}`)).toEqual([
    'file a',
    'folder b',
    `file b/${'n'.repeat(120)}`,
  ]);
});

/** An archive of one symbolic link, without its end. */
function linked(path: string, to: string): Buffer {
  const head = Buffer.from(tarOf([{ path, type: 'file', mode: 0o644, content: Buffer.alloc(0) }]).subarray(0, 512));
  head.write('2', 156);
  head.write(to, 157);
  head.write('        ', 148);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return head;
}
