import { join, resolve } from 'node:path';
import type { DeliveryPorts } from '../commands/command.ts';
import { toMs } from '../contract/duration.ts';
import type { Settings } from '../config/schema.ts';
import type { DeploymentsPort } from '../ports/deployments.ts';
import type { ImageBuilderPort } from '../ports/image-builder.ts';
import type { ImageContentPort } from '../ports/image-content.ts';
import type { ImageRegistryPort } from '../ports/image-registry.ts';
import { createBridgeBundle } from '../adapters/bridge-bundle/index.ts';
import type { ImageRunnerPort } from '../ports/image-runner.ts';
import type { ImageScannersPort } from '../ports/image-scanners.ts';
import type { SignerPort } from '../ports/signer.ts';
import type { SourceRepositoriesPort } from '../ports/source-repositories.ts';
import { deferred } from './deferred.ts';

type DeliverySettings = Pick<
  Settings,
  | 'deployments'
  | 'gitCredentials'
  | 'sourceMaxMegabytes'
  | 'builder'
  | 'buildTimeout'
  | 'home'
  | 'sbomProgram'
  | 'signingKey'
  | 'trustedKeys'
  | 'scanner'
>;

const MAX_FILES = 20_000;
/** Each call of the program that runs containers. */
const CONTAINER_MS = 120_000;
const MEGABYTE = 1024 * 1024;

/** The systems of onboarding. Each is loaded at its first use. */
export function deliveryPorts(settings: DeliverySettings): DeliveryPorts {
  const { deployments, gitCredentials: credentials, sourceMaxMegabytes, builder, buildTimeout, home } = settings;
  const limits = { files: MAX_FILES, bytes: sourceMaxMegabytes * MEGABYTE };
  const git = () => import('../adapters/git/index.ts');
  return {
    sources: deferred<SourceRepositoriesPort>(
      async () => (await git()).createSourceRepositories({ credentials, limits }),
      {},
    ),
    deployments: deferred<DeploymentsPort>(async () => (await git()).createDeployments(resolve(deployments)), {}),
    builder: deferred<ImageBuilderPort>(async () => {
      const { createImageBuilder } = await import('../adapters/image-builder/index.ts');
      return createImageBuilder({ program: builder, timeout: toMs(buildTimeout), logs: join(resolve(home), 'builds') });
    }, {}),
    registry: deferred<ImageRegistryPort>(
      async () => (await import('../adapters/image-registry/index.ts')).createImageRegistry(),
      {},
    ),
    content: deferred<ImageContentPort>(
      async () => (await import('../adapters/image-archive/index.ts')).createImageContent(),
      {},
    ),
    signer: deferred<SignerPort>(async () => {
      const { createSigner } = await import('../adapters/signer/index.ts');
      return createSigner({ key: settings.signingKey, trusted: settings.trustedKeys });
    }, {}),
    bridge: createBridgeBundle(),
    runner: deferred<ImageRunnerPort>(async () => {
      const { createImageRunner } = await import('../adapters/image-runner/index.ts');
      return createImageRunner({ builder, timeout: CONTAINER_MS });
    }, {}),
    scanners: deferred<ImageScannersPort>(async () => {
      const { createImageScanners } = await import('../adapters/image-scanners/index.ts');
      const { sbomProgram, scanner } = settings;
      return createImageScanners({
        sbomProgram,
        scanner,
        timeout: toMs(buildTimeout),
        folder: join(resolve(home), 'sboms'),
      });
    }, {}),
  };
}
