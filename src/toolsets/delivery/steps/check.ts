import type { DeliveryFinding } from '../../../domain/delivery/delivery.ts';
import { secretFindings } from '../../../domain/delivery/waivers.ts';
import { readWaivers } from '../../../onboarding/waivers-text.ts';
import type { ImageContent } from '../../../ports/image-content.ts';
import { tagsOf } from './build.ts';
import { fact, type Step } from './step.ts';

/**
 * Checks the image before anything is pushed. What fails, or cannot run, stops the delivery. The waivers are those at
 * the end of the branch, so one that is added now counts at the next retry.
 */
export const checkStep: Step = async ({ context, input, facts }) => {
  const { builder, content, deployments } = context.delivery;
  const imageId = fact(facts.imageId, 'image');
  const asked = { tags: tagsOf(fact(facts.image, 'image')), id: imageId, builder: fact(facts.builder, 'builder') };
  const { files } = await deployments.read(input.name, input.branch);
  const waivers = readWaivers(files['waivers.yaml']);
  const found = await builder.withArchive(asked, context.signal, (file) => content.examine(file));
  const { suspects } = found;
  const judged = secretFindings({ suspects, imageId, waivers, now: context.ports.now() });
  const findings = suspects.length === 0 ? [searched(found), ...judged] : judged;
  const failed = findings.filter(({ outcome }) => outcome === 'failed' || outcome === 'not-run');
  return {
    reason: failed.length === 0 ? `${found.files} files of ${found.layers} layers were searched` : 'a check has failed',
    facts: {},
    figures: { image_id: imageId, bytes: found.bytes, layers: found.layers, files: found.files },
    findings,
    ...(failed.length === 0 ? {} : { refused: refusal(failed) }),
  };
};

function searched({ files, notSearched }: ImageContent): DeliveryFinding {
  const larger = notSearched === 0 ? '' : `. ${notSearched} of them are larger than 1 MB, so only their names were`;
  return { check: 'secrets', outcome: 'passed', text: `${files} files of all layers were searched${larger}` };
}

function refusal(failed: readonly DeliveryFinding[]) {
  return {
    code: 'CHECK_FAILED',
    reason: failed.map(({ check, text }) => `${check}: ${text}`).join('. '),
    next: 'Correct the source and deliver it again, or commit a waiver to the branch and retry. Replace a credential that was in an image.',
  };
}
