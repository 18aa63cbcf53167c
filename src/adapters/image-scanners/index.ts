import type { ImageScannersPort } from '../../ports/image-scanners.ts';
import { billOf } from './bill.ts';
import { scanOf } from './scan.ts';

export interface ScannerSettings {
  /** The name or the path of syft. */
  readonly sbomProgram: string;
  /** The name or the path of grype or osv-scanner. Undefined: the first one that there is. */
  readonly scanner?: string | undefined;
  /** The time limit of each call, in milliseconds. */
  readonly timeout: number;
  /** The folder of the bills of materials. */
  readonly folder: string;
}

export function createImageScanners(settings: ScannerSettings): ImageScannersPort {
  return {
    sbom: (image, signal) => billOf(settings, image, signal),
    vulnerabilities: (sbom, signal) => scanOf(settings, sbom, signal),
  };
}
