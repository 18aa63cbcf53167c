import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryFinding } from '../../../domain/delivery/delivery.ts';
import { SluiceError } from '../../../domain/errors.ts';
import type { ReleaseView } from '../../../domain/release/view.ts';
import { requireNamespace } from '../../../commands/access.ts';
import type { CommandContext } from '../../../commands/command.ts';
import { fromSmokeTests } from '../../../contract/smoke-tests.ts';
import { WEIGHTED } from '../../../domain/argo-strategies.ts';
import { smokeOutcome } from '../../../domain/delivery/smoke.ts';
import { beginsHeld, heldSteps } from '../../../domain/release/first-hold.ts';
import { readDeployment } from '../../../onboarding/deployment-text.ts';
import { verifiedProvenance } from './signature.ts';
import { fact, type Step, type StepCall } from './step.ts';

/** An ordinary release. The toolset of releases starts it. */
export interface ReleaseStarts {
  start(
    context: CommandContext,
    file: {
      readonly target: { readonly cluster: string; readonly namespace: string; readonly rollout: string };
      readonly image: string;
      readonly smoke_tests?: Readonly<Record<string, unknown>>;
      readonly request_id: string;
    },
  ): Promise<{ readonly release_id: string; readonly run_id: string }>;
}

const POLL_MS = 2_000;
/** The release goes on meanwhile. */
const AWAY: readonly string[] = ['NO_ANSWER', 'TEMPORAL_UNREACHABLE'];

/**
 * Starts the release of a later version, and waits for its end. A repetition finds the release that it started. The
 * release has the defaults of the settings, so it may wait for people.
 */
export const releaseStep =
  (releases: ReleaseStarts): Step =>
  async (call) => {
    const { context, input, facts, runId, attempt } = call;
    if (fact(facts.first, 'deployment'))
      return { skipped: true, reason: 'the first version serves every user, so there is nothing to divide', facts: {} };
    requireNamespace(input.namespace, context.settings);
    const verified = await verifiedProvenance(call);
    const tests = await testsOf(call);
    const { release_id: id, run_id: run } = await releases.start(context, {
      target: { cluster: input.cluster, namespace: input.namespace, rollout: input.name },
      image: `${fact(facts.image, 'image')}@${fact(facts.digest, 'digest')}`,
      ...(tests.file ? { smoke_tests: tests.file } : {}),
      request_id: `delivery-${runId}-${attempt}`,
    });
    const view = await ended(call, id, run);
    const findings = [...verified, ...smokeFinding(tests, view)];
    const found = { releaseId: id, releaseRunId: run };
    const figures = { release: id, run, state: view.state };
    if (view.state === 'succeeded') return { reason: view.reason, facts: found, figures, findings };
    return {
      reason: `the release has ended as ${view.state}`,
      facts: found,
      figures,
      findings,
      refused: { code: 'DELIVERY_RELEASE_ENDED', reason: `${view.state}: ${view.reason}` },
    };
  };

/** The tests of the deployment, and why they cannot run, if they cannot. */
interface Tests {
  readonly file?: Readonly<Record<string, unknown>>;
  readonly notRun?: string;
}

/** A Rollout that was made by hand, or before its deployment had tests, may have no moment for them. */
async function testsOf({ context, input, facts }: StepCall): Promise<Tests> {
  if (facts.pinnedCommit === undefined) return {};
  const files = await context.delivery.deployments.readCommit(input.name, facts.pinnedCommit);
  const { smoke, canaryWeights } = readDeployment(files['deployment.yaml'] ?? '');
  if (!smoke) return {};
  const { cluster, namespace, name: rollout } = input;
  const { strategy, steps } = await context.ports.workload.read({ cluster, namespace, rollout });
  if (strategy !== WEIGHTED || beginsHeld(steps)) return { file: fromSmokeTests(smoke) };
  const wanted = JSON.stringify(heldSteps(canaryWeights));
  const why = 'Argo gives the new version its first weight as soon as its pods are ready';
  return { notRun: `${why}. With these steps the Rollout waits for the tests: spec.strategy.canary.steps: ${wanted}` };
}

/** The release says in one of its events what the tests have found. */
function smokeFinding({ notRun, file }: Tests, view: ReleaseView): readonly DeliveryFinding[] {
  const check = 'smoke';
  if (notRun !== undefined) return [{ check, outcome: 'not-run', text: notRun }];
  if (!file) return [];
  const texts = [...view.events.map(({ text }) => text), view.reason];
  const said = texts.map(smokeOutcome).find((one) => one !== undefined);
  return [{ check, ...(said ?? { outcome: 'not-run', text: 'the release ended before its smoke tests' }) }];
}

async function ended({ context }: StepCall, id: string, run: string): Promise<ReleaseView> {
  for (;;) {
    const view = await context.gateway.get(id, run).catch(ignoreAway);
    if (view?.closedAt !== undefined) return view;
    await sleep(POLL_MS, undefined, { signal: context.signal });
  }
}

function ignoreAway(error: unknown): undefined {
  if (!(error instanceof SluiceError && AWAY.includes(error.code))) throw error;
}
