import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from '@jest/globals';

import { forward, RealPods } from '../../sandbox/node-agent/real-pods.ts';
import type { RealPod } from '../../sandbox/node-agent/real-pods.ts';

const pod = (name: string, change: { ready?: boolean; ends?: boolean; ip?: string; app?: string } = {}): RealPod => ({
  metadata: {
    ...{ name, uid: name, namespace: 'shop', labels: { app: change.app ?? 'web' } },
    ...(change.ends && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  },
  spec: { containers: [{ ports: [{ name: 'http', containerPort: 8080 }] }] },
  status: {
    podIP: change.ip ?? '10.0.0.1',
    conditions: [{ type: 'Ready', status: change.ready === false ? 'False' : 'True' }],
  },
});

test('a Service leads to its ready pods, by number or name of the port, and to ending ones only without others', () => {
  const pods = new RealPods();
  const selector = { app: 'web' };
  [pod('one'), pod('two', { ip: '10.0.0.2' }), pod('late', { ready: false }), pod('other', { app: 'x' })].forEach(
    (one) => pods.onSet(one),
  );
  const [one, two] = ['10.0.0.1', '10.0.0.2'];

  expect(pods.addresses('shop', selector, 'http')).toEqual([one, two].map((host) => ({ host, port: 8080 })));
  expect(pods.addresses('shop', selector, 9090)).toEqual([one, two].map((host) => ({ host, port: 9090 })));
  expect(pods.addresses('shop', selector, 'metrics')).toEqual([]);
  expect(pods.addresses('elsewhere', selector, 'http')).toEqual([]);

  pods.onSet(pod('one', { ends: true }));
  expect(pods.addresses('shop', selector, 'http')).toEqual([{ host: two, port: 8080 }]);
  pods.onGone(pod('two'));
  expect(pods.addresses('shop', selector, 'http')).toEqual([{ host: one, port: 8080 }]);
});

test('a request goes to the pod with its body, and a pod that is away is a 502', async () => {
  const served = createServer((incoming, response) => {
    response.writeHead(201, { 'x-version': 'v7', 'x-path': `${incoming.method} ${incoming.url}` });
    incoming.pipe(response);
  });
  let target = 0;
  const proxy = createServer((incoming, response) => forward(incoming, response, { host: '127.0.0.1', port: target }));
  const [servedPort, proxyPort] = await Promise.all(
    [served, proxy].map(
      (one) =>
        new Promise<number>((resolve) =>
          one.listen(0, '127.0.0.1', () => resolve((one.address() as AddressInfo).port)),
        ),
    ),
  );
  const post = () =>
    new Promise<{ status?: number; headers: object; body: string }>((resolve, reject) => {
      const outgoing = request({ port: proxyPort, method: 'POST', path: '/a?b=1', agent: false }, (answer) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      });
      outgoing.on('error', reject);
      outgoing.end('hello');
    });

  try {
    target = servedPort ?? 0;
    expect(await post()).toMatchObject({
      ...{ status: 201, body: 'hello' },
      headers: { 'x-version': 'v7', 'x-path': 'POST /a?b=1' },
    });
    served.closeAllConnections();
    await new Promise((resolve) => served.close(resolve));
    expect(await post()).toMatchObject({ status: 502, body: expect.stringMatching(/does not answer: .*ECONNREFUSED/) });
  } finally {
    proxy.closeAllConnections();
    proxy.close();
    served.close();
  }
});
