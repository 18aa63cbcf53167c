import { metaOf, type ApiObject } from '../../../domain/cluster-objects/api-object.ts';
import { workloadState } from '../../../domain/cluster-objects/workload-state.ts';
import { SluiceError } from '../../../domain/errors.ts';
import { valuesOf } from '../../../contract/setting.ts';
import { carriedOut } from '../../../commands/objects/carried-out.ts';
import type { Draft } from '../../../commands/objects/draft.ts';
import { objectText } from '../../../commands/objects/located.ts';
import type { CommandContext } from '../../../commands/command.ts';
import { readDeployment } from '../../../onboarding/deployment-text.ts';
import { stableService } from '../../../domain/onboarding/manifests/parts.ts';
import { deployable, imagesOfOthers } from '../deploying.ts';
import { settings } from '../settings.ts';
import { smokeTested } from './smoke.ts';
import { verifiedProvenance } from './signature.ts';
import { fact, type Step, type StepCall } from './step.ts';

/** Time for the pods of a first version. */
const READY_MS = 10 * 60_000;

/**
 * Creates the objects of a first version, waits until its pods are ready, and runs its smoke tests. The route of its
 * users comes after them. A later version is left to the release.
 */
export const deployStep: Step = async (call) => {
  const { context, input } = call;
  const findings = await verifiedProvenance(call);
  const folder = await folderAt(call);
  const found = await deployable(context, folder, input.cluster);
  const running = imagesOfOthers(folder, found.drafts);
  if (running.length > 0)
    return {
      skipped: true,
      reason: `${running.join(', ')} runs already, so this is a release`,
      facts: { first: false },
      findings,
    };
  const changes = found.missing.length > 0 ? (await found.planned()).changes : [];
  const isRoute = ({ at }: Draft): boolean => at.kind.kind === 'IngressRoute';
  for (const change of changes) if (!isRoute(change)) await carriedOut(context, change);
  for (const draft of found.drafts) if (!isRoute(draft)) await ready(context, draft.at);
  const { name, namespace } = folder.deployment;
  const tested = await smokeTested(call, folder.deployment, stableService(folder.deployment));
  const done = {
    reason: `${namespace}/${name} is ready on ${input.cluster}`,
    facts: { first: true },
    findings: [...findings, ...tested.findings],
    figures: { objects: changes.length, namespace, cluster: input.cluster, ...tested.figures },
  };
  if (tested.refused) return { ...done, refused: tested.refused };
  // Users come through the route, so it is the last one.
  for (const change of changes) if (isRoute(change)) await carriedOut(context, change);
  return done;
};

/** The files of the commit that names the digest. */
async function folderAt({ context, input, facts }: StepCall) {
  const present = await context.delivery.deployments.readCommit(input.name, fact(facts.pinnedCommit, 'commit'));
  const { deploymentRegistry } = valuesOf(settings, context.settings);
  return { present, deployment: readDeployment(present['deployment.yaml'] ?? '', deploymentRegistry) };
}

/** Errors: DEPLOYMENT_NOT_READY. */
async function ready(context: CommandContext, at: Draft['at']): Promise<void> {
  const { ports, signal } = context;
  const end = ports.now() + READY_MS;
  const isSettled = (object: ApiObject) => (workloadState(object) ?? { state: 'complete' }).state !== 'progressing';
  for (;;) {
    const object = await ports.clusterObjects.readSettled(at, isSettled, signal);
    const state = workloadState(object);
    if (state === undefined || state.state === 'complete') return;
    signal.throwIfAborted();
    if (state.state === 'progressing' && !state.isHeld && ports.now() < end) continue;
    throw new SluiceError('DEPLOYMENT_NOT_READY', `${objectText(at)} is not ready: ${state.message}`, {
      details: { generation: metaOf(object).generation },
    });
  }
}
