import { valuesOf } from '../../../contract/setting.ts';
import { checkOf } from '../../../domain/delivery/checks.ts';
import type { DeliveryFinding } from '../../../domain/delivery/delivery.ts';
import { judgedFindings } from '../../../domain/delivery/waivers.ts';
import { readWaivers } from '../../../onboarding/waivers-text.ts';
import type { DeploymentState, FileWrite } from '../../../ports/deployments.ts';
import type { CheckResult } from '../checks/check.ts';
import { checked } from '../checks/index.ts';
import { settings } from '../settings.ts';
import { tagsOf } from './build.ts';
import { fact, type Step, type StepCall } from './step.ts';

/**
 * Checks the image before anything is pushed. What fails stops the delivery, and so does a required check that cannot
 * run. The waivers are those at the end of the branch, so one that is added now counts at the next retry.
 */
export const checkStep: Step = async (call) => {
  const { context, input, facts } = call;
  const { builder, deployments } = context.delivery;
  const imageId = fact(facts.imageId, 'image');
  const asked = { tags: tagsOf(fact(facts.image, 'image')), id: imageId, builder: fact(facts.builder, 'builder') };
  const state = await deployments.read(input.name, input.branch);
  const waivers = readWaivers(state.files['waivers.yaml']);
  const results = await builder.withArchive(asked, context.signal, (archive) => checked({ call, archive, imageId }));
  const open = results.filter(({ violations }) => violations === undefined).map(({ check }) => check);
  const violations = results.flatMap((one) => one.violations ?? []);
  const isOpen = (rule: string): boolean => open.includes(checkOf(rule));
  const findings = [
    ...results.flatMap(ownFinding),
    ...judgedFindings({ violations, imageId, waivers, isOpen, now: context.ports.now() }),
  ];
  const { requiredChecks } = valuesOf(settings, context.settings);
  const failed = findings.filter(
    ({ check, outcome }) =>
      outcome === 'failed' || (outcome === 'not-run' && requiredChecks.some((one) => one === check)),
  );
  if (failed.length === 0)
    await kept(
      call,
      state,
      results.flatMap((one) => one.files ?? []),
    );
  return {
    reason: reasonOf(failed, open),
    facts: Object.assign({}, ...results.map((one) => one.facts)) as CheckResult['facts'] & object,
    figures: {
      image_id: imageId,
      ...(Object.assign({}, ...results.map((one) => one.figures)) as CheckResult['figures']),
    },
    findings,
    ...(failed.length === 0 ? {} : { refused: refusal(failed) }),
  };
};

/** What the next version is compared with. A repetition finds it written. */
async function kept({ context, input }: StepCall, state: DeploymentState, files: readonly FileWrite[]): Promise<void> {
  const changed = files.filter(({ path, text }) => state.files[path] !== text);
  if (changed.length === 0) return;
  const { name, version, branch, startedBy } = input;
  const message = `Record the contract of ${name} ${version}\n\nWritten by sluice for ${startedBy}.\n`;
  await context.delivery.deployments.write({ name, branch, state, files: changed, message });
}

/** What a check says of itself. One that has something against the image says only that. */
function ownFinding({ check, violations, text }: CheckResult): readonly DeliveryFinding[] {
  if (violations === undefined) return [{ check, outcome: 'not-run', text }];
  return violations.length === 0 ? [{ check, outcome: 'passed', text }] : [];
}

function reasonOf(failed: readonly DeliveryFinding[], open: readonly string[]): string {
  if (failed.length > 0) return 'a check has failed';
  return open.length === 0 ? 'every check has passed' : `nothing was found; not run: ${open.join(', ')}`;
}

function refusal(failed: readonly DeliveryFinding[]) {
  return {
    code: 'CHECK_FAILED',
    reason: failed.map(({ check, text }) => `${check}: ${text}`).join('. '),
    next: 'Correct the source and deliver it again, or commit a waiver to the branch and retry. Replace a credential that was in an image.',
  };
}
