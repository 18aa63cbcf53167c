import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const sha256 = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** The files of a folder as an HTTP repository of charts, and one archive as the OCI artifact `charts/web:1.2.0`. */
export interface ChartServer {
  /** As in `127.0.0.1:40001`. */
  readonly host: string;
  close(): Promise<void>;
}

export async function serveCharts(folder: string, archive: string): Promise<ChartServer> {
  const oci = ociArtifact(readFileSync(join(folder, archive)));
  const server = createServer(({ url = '' }, response) => {
    if (url.startsWith('/v2/')) return answerOci(oci, url, response);
    try {
      response.end(readFileSync(join(folder, url.replace(/^\//, ''))));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Artifact {
  readonly manifest: Buffer;
  readonly blobs: ReadonlyMap<string, Buffer>;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Source: https://helm.sh/docs/topics/registries (Helm chart manifest). */
function ociArtifact(chart: Buffer): Artifact {
  const config = Buffer.from(JSON.stringify({ name: 'web', version: '1.2.0', apiVersion: 'v2' }));
  const blob = (mediaType: string, content: Buffer) => ({ mediaType, digest: sha256(content), size: content.length });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: blob('application/vnd.cncf.helm.config.v1+json', config),
      layers: [blob('application/vnd.cncf.helm.chart.content.v1.tar+gzip', chart)],
    }),
  );
  return { manifest, blobs: new Map([config, chart].map((content) => [sha256(content), content])) };
}

function answerOci({ manifest, blobs }: Artifact, url: string, response: ServerResponse): void {
  const [, blob = ''] = /\/blobs\/(sha256:[0-9a-f]+)$/.exec(url) ?? [];
  const headers = { 'docker-distribution-api-version': 'registry/2.0' };
  const content = blobs.get(blob);
  if (content) response.writeHead(200, { ...headers, 'content-length': content.length }).end(content);
  else if (url.includes('/tags/list'))
    response.writeHead(200, headers).end(JSON.stringify({ name: 'charts/web', tags: ['1.2.0'] }));
  else if (/\/charts\/web\/manifests\/(1\.2\.0|sha256:)/.test(url))
    response
      .writeHead(200, {
        ...headers,
        'content-type': MANIFEST,
        'docker-content-digest': sha256(manifest),
        'content-length': manifest.length,
      })
      .end(manifest);
  else response.writeHead(url === '/v2/' ? 200 : 404, headers).end('{}');
}
