import type { Service } from '../service.ts';
import { bridgeOf } from './bridge.ts';
import { goDockerfile } from './go.ts';
import type { BaseImages, Dockerfile } from './lines.ts';
import { nodeDockerfile } from './node.ts';
import { pythonDockerfile } from './python.ts';

/**
 * The Dockerfile of a service. `own`: that of its source, which is used unchanged if the source has one. `name`: of the
 * deployment.
 */
export function dockerfileOf(service: Service, own: string | undefined, pinned: BaseImages, name: string): Dockerfile {
  const kind = { nodejs: nodeDockerfile, python: pythonDockerfile, golang: goDockerfile, dockerfile: undefined };
  const make = kind[service.language];
  if (!make) return { text: own ?? '', bases: [] };
  const bridge = bridgeOf(service, name, pinned);
  const made = make(service, pinned, bridge);
  return bridge?.base === undefined ? made : { ...made, bases: [...made.bases, bridge.base] };
}

/** One sentence for each base image that has no digest. */
export function baseWarnings(bases: readonly string[], pinned: BaseImages): readonly string[] {
  return bases
    .filter((image) => pinned[image] === undefined)
    .map((image) => `The base image ${image} has no digest: name one in SLUICE_BASE_IMAGES.`);
}
