import type { PackageVersionsPort } from '../../ports/package-versions.ts';
import { npmVersion } from './npm.ts';
import { uvVersion } from './uv.ts';

const RESOLVE = { npm: npmVersion, uv: uvVersion } as const;

/** Ranges are resolved by the managers themselves, so registries, tokens and rules are those of the user. */
export function createPackageVersions(env: NodeJS.ProcessEnv = process.env): PackageVersionsPort {
  return { resolve: (manager, spec) => RESOLVE[manager](spec, env) };
}
