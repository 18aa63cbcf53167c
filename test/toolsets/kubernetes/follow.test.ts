import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { wholeLines } from '../../../src/commands/objects/whole-lines.ts';
import { codeOf } from '../../support/argo-objects-stage.ts';
import { KubernetesStage } from '../../support/kubernetes-stage.ts';
import { pushed } from '../../support/pushed.ts';

let stage: KubernetesStage;
const LABELS = { labels: { app: 'web' } } as never;
const ONE = { namespace: 'shop', name: 'web-1', follow: true };

beforeEach(() => {
  stage = new KubernetesStage();
  for (const name of ['web-1', 'web-2'])
    stage.add('pods', 'shop', name, { metadata: LABELS, spec: { containers: [{ name: 'app' }] } });
});

/** A log that goes on until the test ends it. */
function opened(pod: string) {
  const lines = pushed<Uint8Array>();
  stage.cluster.logs.set(`${pod}/app`, '');
  stage.cluster.followed.set(`${pod}/app`, lines);
  return { write: (text: string) => lines.push(Buffer.from(text)), end: () => lines.end() };
}

/** Waits until this many parts were shown, or the call has ended. */
async function shown(parts: readonly unknown[], count: number, call: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = (): void => void (ended = true);
  call.then(end, end);
  while (parts.length < count && !ended) await turn();
}

describe('k8s_logs with follow', () => {
  test('reports lines as progress while they are written, and answers with their end', async () => {
    const log = opened('web-1');
    const parts: [string, number | undefined][] = [];
    stage.progress = async (text, fraction) => void parts.push([text, fraction]);
    const answer = stage.call('k8s_logs', ONE);
    log.write('a\nb');
    await shown(parts, 1, answer);
    log.write('c\npassword=hunter2\n');
    await shown(parts, 2, answer);
    log.end();

    expect(await answer).toMatchObject({
      logs: [{ pod: 'web-1', container: 'app', text: 'a\nbc\npassword=***\n', cut: false }],
      ended: 'logs',
    });
    expect(parts.map(([text]) => text)).toEqual(['a', 'bc\npassword=***']);
    expect(parts[1]?.[1]).toBeGreaterThan(parts[0]?.[1] ?? 1);
  });

  test('names the pod before each line of several, and one that cannot be read ends nothing', async () => {
    const log = opened('web-1');
    const lines: string[] = [];
    stage.lines = async (text) => void lines.push(text);
    const answer = stage.call('k8s_logs', { namespace: 'shop', label_selector: 'app=web', follow: true });
    log.write('one\ntwo\n');
    await shown(lines, 1, answer);
    log.end();

    expect(await answer).toMatchObject({
      logs: [{ text: 'one\ntwo\n' }, { pod: 'web-2', problem: expect.stringContaining('waiting to start') }],
    });
    expect(lines).toEqual(['[web-1/app] one\n[web-1/app] two\n']);
  });

  test('ends when the caller does, after its time, and after its bytes', async () => {
    opened('web-1');
    const cancel = new AbortController();
    stage.signal = cancel.signal;
    const cancelled = stage.call('k8s_logs', ONE);
    cancel.abort();
    expect(await cancelled).toMatchObject({ ended: 'interrupted' });

    stage.signal = new AbortController().signal;
    opened('web-1');
    expect(await stage.call('k8s_logs', { ...ONE, follow_seconds: 1 })).toMatchObject({ ended: 'time' });

    const log = opened('web-1');
    const loud = stage.call('k8s_logs', { ...ONE, max_bytes: 1000 });
    for (let part = 0; part < 51; part += 1) log.write(`${'x'.repeat(99_999)}\n`);
    expect(await loud).toMatchObject({ ended: 'bytes', logs: [{ cut: true }] });
  });

  test.each([
    [{ ...ONE, previous: true }, 'INVALID_INPUT'],
    [{ namespace: 'shop', name: 'web-1', follow_seconds: 5 }, 'INVALID_INPUT'],
    [{ ...ONE, name: 'none' }, 'OBJECT_NOT_FOUND'],
    [{ ...ONE, name: 'web-2' }, 'NOT_APPLICABLE'],
    [{ ...ONE, container: 'none' }, 'INVALID_INPUT'],
  ])('%j is refused: %s', async (input, code) => {
    expect(await codeOf(stage.call('k8s_logs', input))).toBe(code);
  });
});

test('a private key in several pieces stays in one piece, and one without an end is hidden', async () => {
  const key = (kind: string) => `-----${kind} RSA PRIVATE KEY-----\n`;
  const joined = async (...parts: string[]) => {
    const lines = pushed<string>();
    for (const part of parts) lines.push(part);
    lines.end();
    return Array.fromAsync(wholeLines(lines));
  };
  expect(await joined('a\n', `b\n${key('BEGIN')}abc`, `def\n${key('END')}c\n`)).toEqual([
    'a\n',
    'b\n',
    `${key('BEGIN')}abcdef\n${key('END')}c\n`,
  ]);
  expect(await joined(`b\n${key('BEGIN')}abc`)).toEqual(['b\n', '***\n']);
});
