import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../../domain/errors.ts';
import type { BridgeBundlePort } from '../../ports/bridge-bundle.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface Manifest {
  readonly bridge: string;
  /** Path, size and time of change of each source. */
  readonly bridgeFiles: readonly (readonly [path: string, size: number, mtimeMs: number])[];
}

/** Reads what scripts/bundle has made. `root`: the folder of Sluice. */
export function createBridgeBundle(root = ROOT): BridgeBundlePort {
  return {
    async read() {
      try {
        const { bridge, bridgeFiles } = JSON.parse(readFileSync(join(root, 'dist/bundle.json'), 'utf8')) as Manifest;
        const changed = bridgeFiles.find(([path, size, mtimeMs]) => {
          const now = statSync(join(root, path));
          return now.size !== size || now.mtimeMs !== mtimeMs;
        });
        if (changed) throw new Error(`${changed[0]} has changed since`);
        return readFileSync(join(root, 'dist', bridge), 'utf8');
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new SluiceError('BRIDGE_NOT_BUILT', `There is no bundle of the bridge: ${why}.`, { cause });
      }
    },
  };
}
