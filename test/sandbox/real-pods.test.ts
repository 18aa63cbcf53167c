import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { cleanHost } from '../../sandbox/real-pods/host.ts';
import { pushImage } from '../../sandbox/real-pods/image.ts';
import { hostNames } from '../../sandbox/real-pods/names.ts';
import { capabilityOf, requireRealPods } from '../../sandbox/real-pods/requirements.ts';

test('a machine that cannot run real pods is refused with every reason and what to install', () => {
  const capability = capabilityOf('/nowhere');

  expect(capability).toMatchObject({
    missing: expect.arrayContaining([
      'no containerd on PATH',
      'no runc on PATH',
      'no unshare on PATH',
      'no docker-registry or registry on PATH',
    ]),
  });
  expect(() => requireRealPods('/nowhere')).toThrow(
    /^This machine cannot run real pods: .*no containerd on PATH; .*apt-get install .*containerd.* Without --real-pods the sandbox pretends its pods\.$/,
  );
});

test('two sandboxes have nothing in common on the machine, and the kernel takes the name of the bridge', () => {
  const [first, last] = [hostNames(64), hostNames(120)];

  expect(Object.values(first).filter((one) => Object.values(last).includes(one))).toEqual([]);
  for (const { bridge } of [first, last]) expect(bridge.length).toBeLessThanOrEqual(15);
});

test('cleaning a machine that has nothing of real pods succeeds', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-clean-'));
  await cleanHost(folder, 119);
  rmSync(folder, { recursive: true });
});

test('the same files make the same image, and a registry that refuses is named', async () => {
  const stored = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://registry');
      if (url.pathname.startsWith('/v2/full/')) return response.writeHead(507).end('disk full');
      stored.set(url.searchParams.get('digest') ?? url.pathname, Buffer.concat(chunks));
      response.writeHead(request.method === 'POST' ? 202 : 201, { location: '/v2/upload?state=1' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const push = (name: string) =>
    pushImage({
      ...{ reference: `${host}/${name}:v1`, entrypoint: ['/app'], env: { VERSION: 'v1' } },
      files: [{ path: '/app', content: Buffer.from('program') }],
    });

  try {
    const digest = await push('team/web');
    const manifest = JSON.parse(String(stored.get('/v2/team/web/manifests/v1'))) as { config: { digest: string } };
    const config: unknown = JSON.parse(String(stored.get(manifest.config.digest)));

    expect(await push('team/web')).toBe(digest);
    expect(config).toMatchObject({ config: { Entrypoint: ['/app'], User: '1001', Env: ['VERSION=v1'] } });
    await expect(push('full')).rejects.toThrow(/\/v2\/full\/blobs\/uploads\/: 507 disk full/);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
