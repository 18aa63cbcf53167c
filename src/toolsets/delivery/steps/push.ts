import type { CommandContext } from '../../../commands/command.ts';
import { valuesOf } from '../../../contract/setting.ts';
import type { StepDone } from '../../../domain/delivery/delivery.ts';
import { SluiceError } from '../../../domain/errors.ts';
import { withImage } from '../../../onboarding/deployment-text.ts';
import { planRendering } from '../../../onboarding/plan.ts';
import type { DeploymentState } from '../../../ports/deployments.ts';
import { readBack } from '../delivery-build.ts';
import { toWrite } from '../folder.ts';
import { settings } from '../settings.ts';
import { tagsOf } from './build.ts';
import { signedProvenance } from './signature.ts';
import { fact, type Step, type StepCall } from './step.ts';

/** Pushes the image that was checked, and commits its digest, so what runs is what was built. */
export const pushStep: Step = async (call) => {
  const { context, facts } = call;
  const [image, id] = [fact(facts.image, 'image'), fact(facts.imageId, 'image')];
  const asked = { tags: tagsOf(image), id, builder: fact(facts.builder, 'builder') };
  const unsigned = await missingKey(context);
  if (unsigned) return unsigned;
  const digest = await context.delivery.builder.push(asked, () => undefined, context.signal);
  const { effective, reason } = await readBack(context, image, digest);
  const { commit: pinnedCommit, finding } = await pinned(call, image, digest);
  return {
    reason,
    findings: [finding],
    facts: { digest, pinnedCommit },
    figures: { digest, pushed: effective, tags: asked.tags.join(', '), commit: pinnedCommit },
  };
};

/** Without the key of a required signature nothing is pushed. */
async function missingKey({ settings: all, delivery }: CommandContext): Promise<StepDone | undefined> {
  const { requiredChecks } = valuesOf(settings, all);
  if (!requiredChecks.includes('signature') || (await delivery.signer.canSign())) return undefined;
  const reason = 'signature: SLUICE_REQUIRED_CHECKS names it, and SLUICE_SIGNING_KEY names no key';
  return { reason, facts: {}, refused: { code: 'CHECK_FAILED', reason, next: 'Name a key, and retry the delivery.' } };
}

/** The commit of the branch whose files name the image by its digest, with the signed provenance. */
async function pinned(call: StepCall, tag: string, digest: string) {
  const image = `${tag}@${digest}`;
  const { context, input } = call;
  const { deployments } = context.delivery;
  const { deploymentRegistry } = valuesOf(settings, context.settings);
  const state = await deployments.read(input.name, input.branch);
  const old = state.files['deployment.yaml'] ?? '';
  const { text, deployment } = withImage(old, image, deploymentRegistry);
  const files = planRendering(deployment, { ...state.files, 'deployment.yaml': text }).flatMap(toWrite);
  const own = text === old ? [] : [{ path: 'deployment.yaml', text, executable: false }];
  const signed = await signedProvenance(call, digest, state.files);
  const all = [...own, ...files, ...signed.files];
  if (all.length === 0) return { commit: state.base, finding: signed.finding };
  await requireSameContent(call, state);
  const { name, version, branch, startedBy } = input;
  const message = `Pin the image of ${name} ${version}\n\n${image}\nWritten by sluice for ${startedBy}.\n`;
  return { commit: await deployments.write({ name, branch, state, files: all, message }), finding: signed.finding };
}

/**
 * The branch may have new waivers or other settings, but the image has to be that of its source. Errors:
 * REPOSITORY_CHANGED.
 */
async function requireSameContent({ context, facts, input }: StepCall, state: DeploymentState): Promise<void> {
  const built = await context.delivery.deployments.readCommit(input.name, fact(facts.commit, 'commit'));
  if (state.sourceTree === facts.sourceTree && state.files['Dockerfile'] === built['Dockerfile']) return;
  throw new SluiceError(
    'REPOSITORY_CHANGED',
    `The source or the Dockerfile on the branch ${input.branch} has changed since the image was built.`,
    { next: 'Move the branch back, or cancel the delivery and start another one.' },
  );
}
