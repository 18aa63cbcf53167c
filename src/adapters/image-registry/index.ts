import { SluiceError } from '../../domain/errors.ts';
import { imageReference, isLoopback, type ImageReference } from '../../domain/onboarding/image-reference.ts';
import type { ImageRegistryPort } from '../../ports/image-registry.ts';

const LIMIT_MS = 10_000;
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Registries as the OCI distribution specification describes them. */
export function createImageRegistry(): ImageRegistryPort {
  return {
    async reach(image) {
      await ask(imageReference(image), '', 'GET');
    },
    async read(image) {
      const reference = imageReference(image);
      const { repository, tag = 'latest', digest = tag } = reference;
      const { status, headers } = await ask(reference, `${repository}/manifests/${digest}`, 'HEAD');
      const shown = status === 200 ? headers.get('docker-content-digest') : null;
      return { hidden: status === 401 || status === 403, ...(shown === null ? {} : { digest: shown }) };
    },
  };
}

/** Errors: REGISTRY_UNAVAILABLE. */
async function ask({ registry }: ImageReference, path: string, method: string): Promise<Response> {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const url = `${isLoopback(registry) ? 'http' : 'https'}://${host}/v2/${path}`;
  try {
    const response = await fetch(url, {
      method,
      headers: { accept: MANIFESTS },
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    await response.body?.cancel();
    if (response.status < 500) return response;
    throw new SluiceError('REGISTRY_UNAVAILABLE', `The registry ${registry} answers with status ${response.status}.`);
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError('REGISTRY_UNAVAILABLE', `The registry ${registry} does not answer: ${why}.`, {
      cause: error,
    });
  }
}
