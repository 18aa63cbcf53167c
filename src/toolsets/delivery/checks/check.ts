import type { ImageCheck } from '../../../domain/delivery/checks.ts';
import type { DeliveryFacts } from '../../../domain/delivery/delivery.ts';
import type { Violation } from '../../../domain/delivery/waivers.ts';
import type { FileWrite } from '../../../ports/deployments.ts';
import type { Sbom } from '../../../ports/image-scanners.ts';
import type { StepCall } from '../steps/step.ts';

/** What a check works on. */
export interface Checked {
  readonly call: StepCall;
  /** The image in a file, as `docker save` writes it. */
  readonly archive: string;
  readonly imageId: string;
  /** Of an earlier check. Undefined if there is none. */
  readonly sbom: Sbom | undefined;
}

/** `violations`: undefined if the check did not run; `text` says why then. */
export interface CheckResult {
  readonly check: ImageCheck;
  readonly violations: readonly Violation[] | undefined;
  /** What was done, for the finding of a check that has nothing against the image. */
  readonly text: string;
  readonly figures?: Readonly<Record<string, string | number>>;
  readonly facts?: DeliveryFacts;
  readonly sbom?: Sbom;
  /** What the branch gets if the image passes. */
  readonly files?: readonly FileWrite[];
}

/** Returns undefined if the image is of a kind that the check has nothing to do with. */
export type Check = (checked: Checked) => Promise<CheckResult | undefined>;
