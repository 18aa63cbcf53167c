import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { pack } from 'tar-stream';

export interface ImageSpec {
  /** `127.0.0.1:<port>/<repository>:<tag>` */
  reference: string;
  files: readonly { path: string; content: Buffer; mode?: number }[];
  entrypoint: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Default: 1001, which is not root. */
  user?: string;
}

const TYPES = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

const digestOf = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function tarOf(files: ImageSpec['files']): Promise<Buffer> {
  const tar = pack();
  for (const { path, content, mode = 0o755 } of files)
    tar.entry({ name: path.replace(/^\//, ''), mode, mtime: new Date(0) }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function call(url: string, method: string, body?: Buffer | string, type?: string): Promise<Response> {
  const headers = type === undefined ? {} : { 'content-type': type };
  const answer = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) }),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
  return answer;
}

/** As the OCI distribution specification describes it: one request opens an upload, the next one has the whole blob. */
async function pushBlob(repository: string, content: Buffer, mediaType: string) {
  const digest = digestOf(content);
  const { headers } = await call(`${repository}/blobs/uploads/`, 'POST');
  const upload = new URL(headers.get('location') ?? '', repository);
  upload.searchParams.set('digest', digest);
  await call(upload.href, 'PUT', content, 'application/octet-stream');
  return { mediaType, digest, size: content.length };
}

/** Makes an image of one layer and pushes it to a registry that speaks plain HTTP. The digest of its manifest. */
export async function pushImage({ reference, files, entrypoint, env = {}, user = '1001' }: ImageSpec): Promise<string> {
  const [, host, name, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference) ?? [];
  if (!host) throw new Error(`${reference} is no image with a registry and a tag.`);
  const repository = `http://${host}/v2/${name}`;
  const tar = await tarOf(files);
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: entrypoint, User: user, Env: Object.entries(env).map((one) => one.join('=')) },
    // buildah refuses an image whose history does not have its layers.
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'sluice sandbox' }],
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
  };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: TYPES.manifest,
      config: await pushBlob(repository, Buffer.from(JSON.stringify(config)), TYPES.config),
      layers: [await pushBlob(repository, gzipSync(tar, { level: 1 }), TYPES.layer)],
    }),
  );
  await call(`${repository}/manifests/${tag}`, 'PUT', manifest, TYPES.manifest);
  return digestOf(manifest);
}
