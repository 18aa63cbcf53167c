import { imageParts } from '../../../domain/onboarding/image-reference.ts';
import { requireBuilder } from '../delivery-build.ts';
import { fact, type Step } from './step.ts';

/** Builds the image of the commit. The builder finds the layers of an earlier build again. */
export const buildStep: Step = async ({ context, input, facts }) => {
  requireBuilder(context);
  const { delivery, signal } = context;
  const [commit, image] = [fact(facts.commit, 'commit'), fact(facts.image, 'image')];
  // A registry that is away is noticed before a long build.
  await delivery.registry.reach(image);
  return delivery.deployments.withCommit(input.name, commit, async ({ folder, sourceDate }) => {
    const place = { context: `${folder}/source`, dockerfile: `${folder}/Dockerfile` };
    const { id, builder, log } = await delivery.builder.build(
      { ...place, tags: tagsOf(image), sourceDate },
      () => undefined,
      signal,
    );
    return {
      reason: `${builder} has built ${image}`,
      facts: { imageId: id, builder, log },
      figures: { image_id: id, builder, log },
    };
  });
};

/** The tags that a delivery pushes. */
export function tagsOf(image: string): readonly string[] {
  return [image, `${imageParts(image).name}:latest`];
}
