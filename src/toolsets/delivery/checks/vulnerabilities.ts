import { valuesOf } from '../../../contract/setting.ts';
import { severityCounts, vulnerabilityViolations } from '../../../domain/delivery/vulnerabilities.ts';
import { settings } from '../settings.ts';
import type { Check } from './check.ts';

/** Compares the packages of the bill of materials with the database of a scanner. */
export const vulnerabilities: Check = async ({ call: { context }, sbom }) => {
  const check = 'vulnerabilities';
  const notScanned = (why: string) => ({ check, violations: undefined, text: `not scanned: ${why}` }) as const;
  if (!sbom) return notScanned('there is no SBOM');
  const scan = await context.delivery.scanners.vulnerabilities(sbom, context.signal);
  if ('notRun' in scan) return notScanned(scan.notRun);
  const { blockedSeverity } = valuesOf(settings, context.settings);
  const counts = severityCounts(scan.found);
  return {
    check,
    violations: vulnerabilityViolations(scan.found, blockedSeverity),
    text: `${scan.program} has found ${counts === '' ? 'nothing' : counts} in ${sbom.packages} packages`,
    figures: { vulnerabilities: scan.found.length, scanner: scan.program },
  };
};
