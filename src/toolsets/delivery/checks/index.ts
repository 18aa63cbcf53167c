import type { ImageCheck } from '../../../domain/delivery/checks.ts';
import type { Check, Checked, CheckResult } from './check.ts';
import { contract } from './contract.ts';
import { sbom } from './sbom.ts';
import { secrets } from './secrets.ts';
import { vulnerabilities } from './vulnerabilities.ts';

/** In their order: the scan reads the bill of materials. */
const CHECKS: Readonly<Record<ImageCheck, Check>> = { secrets, sbom, vulnerabilities, contract };

/** Every check, one after the other. One that cannot run does not stop the others. */
export async function checked(image: Omit<Checked, 'sbom'>): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of Object.values(CHECKS)) {
    const result = await check({ ...image, sbom: results.find((one) => one.sbom)?.sbom });
    if (result) results.push(result);
  }
  return results;
}
