import { SluiceError } from '../domain/errors.ts';
import type { ReleaseSpec } from '../domain/release/plan.ts';
import { chooseContainer } from '../domain/release/preflight.ts';
import type { RolloutState } from '../domain/rollout.ts';
import type { TemplateFound } from '../domain/template/template-change.ts';
import type { Ports } from '../ports/index.ts';

/** A plan that the API server refuses is a failed check. */
const FINDINGS: readonly string[] = ['FORBIDDEN', 'MANIFEST_REFUSED'];

/**
 * What the release makes of the pod template, tried at the API server. Undefined if it changes images alone. Errors:
 * those of the port.
 */
export async function readTemplateChange(
  { workload }: Ports,
  spec: ReleaseSpec,
  rollout: RolloutState,
): Promise<TemplateFound | undefined> {
  const { templatePatch: patch, target, image, furtherImages } = spec;
  const container = chooseContainer(spec, rollout);
  if (patch === undefined || container === undefined) return undefined;
  if (!workload.planTemplate)
    return { problem: 'this kind of target has no pod template', next: 'Leave out template.' };
  try {
    return await workload.planTemplate(target, { patch, images: { ...furtherImages, [container]: image } });
  } catch (error) {
    if (!(error instanceof SluiceError) || !FINDINGS.includes(error.code)) throw error;
    return { problem: error.message, next: error.next };
  }
}
