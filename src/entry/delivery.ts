import { resolve } from 'node:path';
import type { CommandServices } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import type { DeploymentsPort } from '../ports/deployments.ts';
import type { SourceRepositoriesPort } from '../ports/source-repositories.ts';
import { deferred } from './deferred.ts';

type DeliverySettings = Pick<Settings, 'deployments' | 'gitCredentials' | 'sourceMaxMegabytes'>;

const MAX_FILES = 20_000;
const MEGABYTE = 1024 * 1024;

/** Git, for onboarding. It is loaded at the first use. */
export function deliveryPorts({
  deployments,
  gitCredentials,
  sourceMaxMegabytes,
}: DeliverySettings): CommandServices['delivery'] {
  const load = () => import('../adapters/git/index.ts');
  const limits = { files: MAX_FILES, bytes: sourceMaxMegabytes * MEGABYTE };
  return {
    sources: deferred<SourceRepositoriesPort>(
      async () => (await load()).createSourceRepositories({ credentials: gitCredentials, limits }),
      {},
    ),
    deployments: deferred<DeploymentsPort>(async () => (await load()).createDeployments(resolve(deployments)), {}),
  };
}
