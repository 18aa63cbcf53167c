import type { Check } from './check.ts';

/** Writes the bill of materials. It has nothing against an image: later checks read it. */
export const sbom: Check = async ({ call: { context }, archive, imageId }) => {
  const bill = await context.delivery.scanners.sbom({ archive, id: imageId }, context.signal);
  if ('notRun' in bill) return { check: 'sbom', violations: undefined, text: `no SBOM was made: ${bill.notRun}` };
  const { program, packages, spdx, cyclonedx } = bill;
  return {
    check: 'sbom',
    violations: [],
    text: `${packages} packages are listed in SPDX 2.3 and CycloneDX 1.6 by ${program}`,
    figures: { packages, spdx: spdx.file, cyclonedx: cyclonedx.file },
    facts: { sbom: { spdx: spdx.sha256, cyclonedx: cyclonedx.sha256 } },
    sbom: bill,
  };
};
