import type { ImageScannersPort } from '../../ports/image-scanners.ts';
import { billOf } from './bill.ts';
import { scanOf } from './scan.ts';
import type { ScannerSettings } from './scanner-settings.ts';

export function createImageScanners(settings: ScannerSettings): ImageScannersPort {
  return {
    sbom: (image, signal) => billOf(settings, image, signal),
    vulnerabilities: (sbom, signal) => scanOf(settings, sbom, signal),
  };
}
