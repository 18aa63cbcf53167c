import { SluiceError } from '../../src/domain/errors.ts';
import type { PackageVersionsPort } from '../../src/ports/package-versions.ts';

/** Package managers that know these ranges. */
export function createFakePackages(known: Readonly<Record<string, string>> = {}): PackageVersionsPort {
  return {
    async resolve(_manager, spec) {
      const version = known[spec];
      if (version !== undefined) return version;
      throw new SluiceError('SERVER_VERSION_NOT_EXACT', `${spec} could not be resolved to one version`);
    },
  };
}
