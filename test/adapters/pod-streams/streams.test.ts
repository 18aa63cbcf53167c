import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createClusters } from '../../../src/adapters/kubernetes/index.ts';
import { createPodStreams } from '../../../src/adapters/pod-streams/index.ts';
import { codeOf } from '../../support/argo-objects-stage.ts';
import { startFakeKubelet, type FakeKubelet } from '../../support/fake-kubelet.ts';
import { writeKubeconfig } from '../../support/kubeconfig.ts';

let kubelet: FakeKubelet;
afterEach(() => kubelet.close());

const AT = { cluster: 'test', namespace: 'shop', pod: 'web-1', container: 'app' };
const never = (): AbortSignal => new AbortController().signal;

async function streams(options: Parameters<typeof startFakeKubelet>[0]) {
  kubelet = await startFakeKubelet(options);
  return createPodStreams(createClusters({ kubeconfig: writeKubeconfig({ test: kubelet.url }) }));
}

function outputs() {
  const texts = { stdout: '', stderr: '' };
  const take = (name: 'stdout' | 'stderr') => (part: Uint8Array) => void (texts[name] += Buffer.from(part).toString());
  return { texts, streams: { stdout: take('stdout'), stderr: take('stderr') } };
}

describe.each(['v4', 'v5'] as const)('exec in the protocol %s', (protocol) => {
  test('passes each word as one argument, keeps both outputs apart and gives the exit code', async () => {
    const port = await streams({
      protocol,
      run({ words, write, end }) {
        write(1, JSON.stringify(words));
        write(2, 'a warning');
        end(3);
      },
    });
    const { texts, streams: out } = outputs();
    const command = ['printf', '%s', 'a b; rm -rf / && $(id)', '--full'];
    expect(await port.exec(AT, command, out, never())).toEqual({ exitCode: 3 });
    expect([JSON.parse(texts.stdout), texts.stderr]).toEqual([command, 'a warning']);
    expect(kubelet.requests[0]).toMatch(/^\/api\/v1\/namespaces\/shop\/pods\/web-1\/exec\?container=app&stdout=true/);
  });

  test('sends input to its end', async () => {
    const port = await streams({
      protocol,
      async run({ stdin, write, end }) {
        write(1, String((await stdin).length));
        end(0);
      },
    });
    const { texts, streams: out } = outputs();
    const stdin = Buffer.concat([Buffer.alloc(1_500_000, 'x'), Buffer.alloc(1024)]);
    expect(await port.exec(AT, ['cat'], { ...out, stdin }, never())).toEqual({ exitCode: 0 });
    expect(texts.stdout).toBe('1501024');
  });
});

describe('exec', () => {
  test('a command that cannot be started, and a connection that breaks, are errors with the reason', async () => {
    let how: (command: { end(text: string): void; break(): void }) => void = ({ end }) => end('"nope": not found');
    const port = await streams({ run: (command) => how(command) });
    const run = () => port.exec(AT, ['nope'], outputs().streams, never());
    await expect(run()).rejects.toMatchObject({
      code: 'NOT_APPLICABLE',
      message: expect.stringContaining('"nope": not found'),
    });
    how = (command) => command.break();
    await expect(run()).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  });

  test.each([
    ['none', 'OBJECT_NOT_FOUND'],
    ['secret', 'FORBIDDEN'],
    ['waiting', 'NOT_APPLICABLE'],
  ])('a refusal for the pod %s is %s', async (pod, code) => {
    const port = await streams({});
    expect(await codeOf(port.exec({ ...AT, pod }, ['ls'], outputs().streams, never()))).toBe(code);
  });

  test('a cancelled call ends the connection', async () => {
    const cancel = new AbortController();
    const port = await streams({ run: () => cancel.abort(new Error('enough')) });
    await expect(port.exec(AT, ['sleep'], outputs().streams, cancel.signal)).rejects.toThrow('enough');
  });
});

describe('forward', () => {
  async function forwarded(options: Parameters<typeof startFakeKubelet>[0]) {
    const port = await streams(options);
    const stop = new AbortController();
    const failures: string[] = [];
    const local = Promise.withResolvers<number>();
    const what = { ...AT, port: 8080, localPort: 0 };
    const events = { listening: local.resolve, failed: (reason: string) => void failures.push(reason) };
    const running = port.forward(what, events, stop.signal);
    running.catch(local.reject);
    return { port, running, stop, failures, local: await local.promise };
  }

  test('joins connections on the loopback address with the port of the pod, until it is interrupted', async () => {
    const { running, stop, local } = await forwarded({ port: (data) => Buffer.from(`you said ${data.toString()}`) });
    for (const word of ['one', 'two']) {
      const socket = connect(local, '127.0.0.1');
      socket.write(word);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toBe(`you said ${word}`);
      socket.destroy();
    }
    const open = connect(local, '127.0.0.1');
    await once(open, 'connect');
    stop.abort();
    const { connections } = await running;
    expect(connections).toBeGreaterThanOrEqual(2);
    await expect(once(connect(local, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    open.destroy();
  });

  test('says why a connection has failed and goes on; a local port in use is refused', async () => {
    const { port, running, stop, local, failures } = await forwarded({ port: () => undefined });
    const socket = connect(local, '127.0.0.1');
    socket.write('x');
    await once(socket, 'close');
    expect(failures).toEqual([expect.stringContaining('connection refused')]);

    const events = { listening: () => undefined, failed: () => undefined };
    const again = port.forward({ ...AT, port: 1, localPort: local }, events, never());
    expect(await codeOf(again)).toBe('NOT_APPLICABLE');
    stop.abort();
    expect(await running).toEqual({ connections: 1 });
  });
});
