import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createLocalFiles } from '../../../src/adapters/local-files/index.ts';
import { tarOf, type PackedEntry } from '../../../src/adapters/local-files/tar.ts';
import { switchedToolsets } from '../../../src/commands/toolset.ts';
import { CATALOGUE, TOOLSETS } from '../../../src/toolsets/index.ts';
import { codeOf, failureOf } from '../../support/argo-objects-stage.ts';
import { KubernetesStage } from '../../support/kubernetes-stage.ts';

let stage: KubernetesStage;
let folder: string;
const POD = { namespace: 'shop', name: 'web-1' };
const YES = { confirm: 'shop/web-1' };
const LS = { ...POD, command: ['ls', '-l'] };
const FROM = { ...POD, direction: 'from_pod', pod_path: '/tmp/heap', local_path: 'heap' };

beforeEach(() => {
  stage = new KubernetesStage();
  stage.switchedOn = { kubernetesExec: true };
  folder = mkdtempSync(join(tmpdir(), 'sluice-cp-'));
  stage.files = createLocalFiles(folder);
  stage.add('pods', 'shop', 'web-1', { spec: { containers: [{ name: 'app' }] } });
});

describe('without the setting', () => {
  test.each([
    ['k8s_exec', { ...LS, ...YES }],
    ['k8s_cp', { ...FROM, ...YES }],
    ['k8s_port_forward', { ...POD, port: 80 }],
  ])('%s does not exist, and a call of it makes no request', async (tool, input) => {
    stage.switchedOn = {};
    expect(await failureOf(stage.call(tool, input))).toMatchObject({
      code: 'TOOL_NOT_FOUND',
      next: expect.stringContaining('SLUICE_KUBERNETES_EXEC=true'),
    });
    expect(stage.requests).toEqual([]);
    expect(CATALOGUE.map(({ name }) => name)).not.toContain(tool);
  });

  test('the lists have them only with the setting, and port-forward never', () => {
    const names = (settings: object) =>
      switchedToolsets(TOOLSETS, settings).flatMap(({ commands }) => commands.map(({ name }) => name));
    expect(names({})).toEqual(CATALOGUE.map(({ name }) => name));
    expect(names({ kubernetesExec: false })).toEqual(names({}));
    expect(names({ kubernetesExec: true }).filter((name) => !names({}).includes(name))).toEqual(['k8s_exec', 'k8s_cp']);
  });
});

describe('k8s_exec', () => {
  test('gives the exit code and the output, masked and bounded', async () => {
    stage.cluster.runs = ({ command }) => ({
      code: 2,
      stdout: `${command.join(' ')} password=hunter2\n${'x'.repeat(2000)}`,
      stderr: 'no such file',
    });
    const { stdout, ...rest } = await stage.call('k8s_exec', { ...LS, ...YES, max_bytes: 1000 });
    expect(rest).toEqual({
      pod: 'web-1',
      container: 'app',
      exit_code: 2,
      stderr: 'no such file',
      left_out: ['stdout: its last 1023 bytes'],
    });
    expect(stdout).toMatch(/^ls -l password=\*\*\*\nx+$/);
  });

  test('the call and its arguments are in the audit log before the command runs', async () => {
    stage.cluster.runs = () => ({ code: stage.audit.begun.length === 1 ? 0 : 1 });
    expect(await stage.call('k8s_exec', { ...LS, ...YES })).toMatchObject({ exit_code: 0 });
    const command = ['ls', '-l'];
    expect(stage.audit.begun).toMatchObject([{ tool: 'k8s_exec', result: 'begun', arguments: { command } }]);
    expect(stage.audit.entries).toMatchObject([{ tool: 'k8s_exec', result: 'ok', confirmed: { how: 'argument' } }]);
  });

  test('a call that takes too long, or that is cancelled, is ended and says what may go on', async () => {
    stage.cluster.runs = () => new Promise(() => undefined);
    expect(await failureOf(stage.call('k8s_exec', { ...LS, ...YES, timeout_seconds: 1 }))).toMatchObject({
      code: 'NOT_APPLICABLE',
      message: 'The connection was ended after 1 s. The command may still run in the container.',
    });
    const cancel = new AbortController();
    stage.signal = cancel.signal;
    stage.cluster.runs = () => (cancel.abort(), new Promise(() => undefined));
    expect(await failureOf(stage.call('k8s_exec', { ...LS, ...YES }))).toMatchObject({
      message: expect.stringContaining('ended by its caller'),
    });
  });

  test.each([
    ['without a confirmation', LS, 'CONFIRMATION_REQUIRED'],
    ['with the confirmation of another pod', { ...LS, confirm: 'shop/web-2' }, 'CONFIRMATION_REQUIRED'],
    ['with a command as one text', { ...LS, ...YES, command: 'ls -l' }, 'INVALID_INPUT'],
    ['with no command', { ...LS, ...YES, command: [] }, 'INVALID_INPUT'],
    ['with the character 0', { ...LS, ...YES, command: ['a\u0000b'] }, 'INVALID_INPUT'],
    ['with a name that is a flag', { ...LS, name: '--all', confirm: 'shop/--all' }, 'INVALID_INPUT'],
    ['in a pod that does not exist', { ...LS, name: 'none', confirm: 'shop/none' }, 'OBJECT_NOT_FOUND'],
    ['in a container that does not exist', { ...LS, ...YES, container: 'none' }, 'INVALID_INPUT'],
    [
      'in a namespace that is not allowed',
      { ...LS, namespace: 'other', confirm: 'other/web-1' },
      'NAMESPACE_NOT_ALLOWED',
    ],
  ])('%s is refused, and nothing runs', async (_, input, code) => {
    stage.allowedNamespaces = ['shop'];
    let runs = 0;
    stage.cluster.runs = () => ({ code: (runs += 1) });
    expect(await codeOf(stage.call('k8s_exec', input))).toBe(code);
    expect(runs).toBe(0);
  });

  test('a missing right is named before the pod is read', async () => {
    stage.cluster.forbidden = 'create pods';
    expect(await failureOf(stage.call('k8s_exec', { ...LS, ...YES }))).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('create pods/exec in shop'),
    });
    expect(stage.requests.some(({ resource }) => resource === 'pods')).toBe(false);
  });
});

describe('k8s_cp', () => {
  const entry = (path: string, content: string): PackedEntry => {
    return { path, type: 'file', mode: 0o644, content: Buffer.from(content) };
  };

  test('copies out of a container by tar, without a shell', async () => {
    const commands: (readonly string[])[] = [];
    stage.cluster.runs = ({ command }) => (
      commands.push(command), { code: 0, stdout: Buffer.from(tarOf([entry('./heap', 'abc')])) }
    );
    expect(await stage.call('k8s_cp', { ...FROM, ...YES })).toMatchObject({
      changed: true,
      effective: 'proved',
      files: 1,
      bytes: 3,
      left_out: [],
    });
    expect(commands).toEqual([['tar', '-cf', '-', '-C', '/tmp', './heap']]);
    expect(readFileSync(join(folder, 'heap'), 'utf8')).toBe('abc');
    expect(await codeOf(stage.call('k8s_cp', { ...FROM, ...YES }))).toBe('NOT_APPLICABLE');
    expect(await stage.call('k8s_cp', { ...FROM, ...YES, replace: true })).toMatchObject({ effective: 'proved' });
  });

  test('copies into a container and reads it back', async () => {
    const to = { ...FROM, direction: 'to_pod', pod_path: '/tmp/--new', ...YES };
    writeFileSync(join(folder, 'heap'), 'abc');
    let inside: Buffer = Buffer.alloc(0);
    const commands: (readonly string[])[] = [];
    stage.cluster.runs = ({ command, stdin }) => {
      commands.push(command);
      if (command[1] === '-xmf') inside = stdin;
      return { code: 0, stdout: command[1] === '-cf' ? inside : '' };
    };
    expect(await stage.call('k8s_cp', to)).toMatchObject({ effective: 'proved', files: 1, bytes: 3 });
    expect(commands).toEqual([
      ['tar', '-xmf', '-', '-C', '/tmp'],
      ['tar', '-cf', '-', '-C', '/tmp', './--new'],
    ]);

    stage.cluster.runs = ({ command }) => ({
      code: 0,
      stdout: command[1] === '-cf' ? Buffer.from(tarOf([entry('./--new', 'other')])) : '',
    });
    expect(await stage.call('k8s_cp', to)).toMatchObject({
      effective: 'pending',
      reason: expect.stringContaining('something else'),
    });
  });

  test('a failure of tar is told with what it said, and leaves no file', async () => {
    stage.cluster.runs = () => ({ code: 1, stderr: 'tar: ./heap: Cannot stat: token=abcdef' });
    expect(await failureOf(stage.call('k8s_cp', { ...FROM, ...YES }))).toMatchObject({
      code: 'NOT_APPLICABLE',
      message: 'tar in web-1 ended with exit code 1: tar: ./heap: Cannot stat: token=***. Nothing was written.',
    });
    stage.cluster.runs = () => ({ code: 0, stdout: Buffer.alloc(5_000_000) });
    expect(await failureOf(stage.call('k8s_cp', { ...FROM, ...YES, max_bytes: 10 }))).toMatchObject({
      code: 'NOT_APPLICABLE',
      message: expect.stringContaining('heap is larger than 10 bytes'),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(['relative', '/', '/tmp/../etc/passwd', '/tmp/./x', '//x', '/tmp/a\nb'])('%j is no path', async (path) => {
    expect(await codeOf(stage.call('k8s_cp', { ...FROM, ...YES, pod_path: path }))).toBe('INVALID_INPUT');
  });

  test.each(['../x', '/etc/passwd'])('the local path %s is refused before anything runs', async (path) => {
    stage.cluster.runs = () => {
      throw new Error('it ran');
    };
    expect(await codeOf(stage.call('k8s_cp', { ...FROM, ...YES, local_path: path }))).toBe('INVALID_INPUT');
  });
});
