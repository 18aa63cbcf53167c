import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { brokenRules, type SuspectFile } from '../../domain/delivery/secret-rules.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ImageContent, ImageContentPort } from '../../ports/image-content.ts';
import { tarEntries } from '../local/tar.ts';

/** Credentials are small. Larger files are programs and data. */
const MAX_SEARCHED = 1024 * 1024;
/** An image with more is not a service, or the rules are wrong for it. */
const MAX_SUSPECTS = 50;

/** Reads the files that `docker save`, `podman save` and `buildah push docker-archive:` write. */
export function createImageContent(): ImageContentPort {
  return {
    examine: (file) =>
      examine(file).catch((cause: unknown) => {
        if (cause instanceof SluiceError) throw cause;
        throw notAnImage(cause instanceof Error ? cause.message : String(cause), cause);
      }),
  };
}

interface Part {
  readonly offset: number;
  readonly size: number;
}

async function examine(file: string): Promise<ImageContent> {
  const parts = new Map<string, Part>();
  let manifest = '';
  for await (const entry of tarEntries(createReadStream(file))) {
    const { size, offset } = entry;
    const path = plainPath(entry.path);
    parts.set(path, { offset, size });
    if (path === 'manifest.json') manifest = (await entry.content()).toString('utf8');
  }
  const total = { bytes: 0, files: 0, notSearched: 0, suspects: [] as SuspectFile[] };
  const layers = layersIn(manifest);
  for (const [index, path] of layers.entries()) {
    const part = parts.get(path);
    if (!part) throw notAnImage(`it names the layer ${path}, which is missing`);
    await searchLayer(await layerStream(file, part), index + 1, total);
  }
  return { layers: layers.length, ...total };
}

/** Builders begin paths with `./`, with `/` or with nothing. */
const plainPath = (path: string): string => path.replace(/^\.?\//, '');

/** Errors: BUILD_FAILED. */
function layersIn(manifest: string): readonly string[] {
  try {
    const [image] = JSON.parse(manifest) as readonly { readonly Layers?: readonly string[] }[];
    if (image?.Layers) return image.Layers;
  } catch {
    // The message below says the same.
  }
  throw notAnImage('its manifest.json lists no layers');
}

function notAnImage(why: string, cause?: unknown): SluiceError {
  const text = `The builder wrote the image to a file that cannot be read: ${why}.`;
  return new SluiceError('BUILD_FAILED', text, { cause });
}

/** A layer is a tar file, which may be compressed. */
async function layerStream(file: string, { offset, size }: Part): Promise<Readable> {
  const range = { start: offset, end: offset + Math.max(size, 1) - 1 };
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { start: offset, end: offset + 1 })) head = chunk as Buffer;
  const stream = createReadStream(file, range);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return stream;
  // An error of either stream ends the reading of the other one.
  return pipeline(stream, createGunzip(), () => undefined);
}

async function searchLayer(
  stream: Readable,
  layer: number,
  total: { bytes: number; files: number; notSearched: number; suspects: SuspectFile[] },
): Promise<void> {
  for await (const entry of tarEntries(stream)) {
    const { type, size } = entry;
    if (type !== 'file') continue;
    const path = plainPath(entry.path);
    total.files += 1;
    total.bytes += size;
    if (size > MAX_SEARCHED) total.notSearched += 1;
    const text = size > MAX_SEARCHED ? undefined : textOf(await entry.content());
    for (const rule of brokenRules(path, text))
      if (total.suspects.length < MAX_SUSPECTS) total.suspects.push({ rule, path, layer });
  }
}

/** Undefined for a file that is not text. */
function textOf(content: Buffer): string | undefined {
  return content.includes(0) ? undefined : content.toString('utf8');
}
