import type { Service } from '../service.ts';
import { goDockerfile } from './go.ts';
import type { BaseImages, Dockerfile } from './lines.ts';
import { nodeDockerfile } from './node.ts';
import { pythonDockerfile } from './python.ts';

/** The Dockerfile of a service. `own`: that of its source, which is used unchanged if the source has one. */
export function dockerfileOf(service: Service, own: string | undefined, pinned: BaseImages): Dockerfile {
  if (service.language === 'nodejs') return nodeDockerfile(service, pinned);
  if (service.language === 'python') return pythonDockerfile(service, pinned);
  if (service.language === 'golang') return goDockerfile(service, pinned);
  return { text: own ?? '', bases: [] };
}

/** One sentence for each base image that has no digest. */
export function baseWarnings(bases: readonly string[], pinned: BaseImages): readonly string[] {
  return bases
    .filter((image) => pinned[image] === undefined)
    .map((image) => `The base image ${image} has no digest: name one in SLUICE_BASE_IMAGES.`);
}
