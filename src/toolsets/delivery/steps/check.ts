import type { DeliveryFinding } from '../../../domain/delivery/delivery.ts';
import type { ImageContent } from '../../../ports/image-content.ts';
import { fact, type Step } from './step.ts';
import { tagsOf } from './build.ts';

const MAX_SHOWN = 10;

/** Checks the image before anything is pushed. What fails, or cannot run, stops the delivery. */
export const checkStep: Step = async ({ context, facts }) => {
  const { builder, content } = context.delivery;
  const id = fact(facts.imageId, 'image');
  const asked = { tags: tagsOf(fact(facts.image, 'image')), id, builder: fact(facts.builder, 'builder') };
  const found = await builder.withArchive(asked, context.signal, (file) => content.examine(file));
  const findings = [secretsFinding(found)];
  const failed = findings.filter(({ outcome }) => outcome === 'failed' || outcome === 'not-run');
  return {
    reason: failed.length === 0 ? `${findings.length} of ${findings.length} checks passed` : 'a check did not pass',
    facts: {},
    figures: { bytes: found.bytes, layers: found.layers, files: found.files },
    findings,
    ...(failed.length === 0 ? {} : { refused: refusal(failed) }),
  };
};

function secretsFinding({ suspects, files, notSearched }: ImageContent): DeliveryFinding {
  const check = 'secrets';
  if (suspects.length === 0) {
    const larger = notSearched === 0 ? '' : `; ${notSearched} of them are larger than 1 MB, so only their names were`;
    return { check, outcome: 'passed', text: `${files} files of all layers were searched${larger}` };
  }
  const shown = suspects.slice(0, MAX_SHOWN).map(({ rule, path, layer }) => `${rule} in layer ${layer}: ${path}`);
  return { check, outcome: 'failed', text: `${suspects.length} files look like credentials: ${shown.join('; ')}` };
}

function refusal(failed: readonly DeliveryFinding[]) {
  return {
    code: 'CHECK_FAILED',
    reason: failed.map(({ check, text }) => `${check}: ${text}`).join('. '),
    next: 'Correct the source and deliver it again. A credential that was in an image has to be replaced.',
  };
}
