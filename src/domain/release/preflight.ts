import {
  healthCheck,
  hiddenAnswersCheck,
  isJoined,
  managerCheck,
  metricsCheck,
  ownerCheck,
  proxyCheck,
  replicasCheck,
  rivalRoutesCheck,
  stepCheck,
  strategyCheck,
  templateCheck,
  trafficCheck,
} from './preflight-checks.ts';
import type { PlanRules } from './plan-rules.ts';
import type { Facts, RolloutFacts, TrafficFacts } from './preflight-facts.ts';
import { fastTrackCheck } from './fast-track.ts';
import { furtherImages, furtherImagesCheck } from './further-images.ts';
import { controllerChecks, undecidedCheck } from './controller-checks.ts';
import { changesFields } from '../template/template-change.ts';
import { templateFieldsCheck } from './template-fields.ts';
import { sourceChecks, trialArguments } from './preflight-sources.ts';
import { armNames } from '../route/arm-names.ts';
import { crossingCheck } from './route-checks.ts';
import { stickyCheck } from './sticky-check.ts';
import { stableVersion } from './stable-version.ts';
import { workloadProblem } from './workload-check.ts';
import { imageOf } from '../rollout.ts';
import { argumentsOf } from '../analysis/query-arguments.ts';
import { checkTemplates } from '../analysis/template/check-templates.ts';
import { kindsOf, type Arm, type Check, type Preflight, type ReleasePlan, type ReleaseSpec } from './plan.ts';

/** Margin on top of abortScaleDownDelaySeconds before selectors count as settled. */
const SETTLE_MARGIN_MS = 2_000;

/** Runs every check, so that a caller sees all faults at once. The plan exists only when all checks hold. */
export function preflightChecks(spec: ReleaseSpec, facts: Facts, rules: PlanRules): Preflight {
  const container = chooseContainer(spec, facts.rollout);
  const joined = container !== undefined && isJoined(spec, facts, container, rules);
  const checks = [
    strategyCheck(spec, facts, rules),
    workloadProblem(facts.rollout) ?? templateCheck(spec, facts, container, rules),
    ...furtherImagesCheck(spec, facts, container, joined),
    ...templateFieldsCheck(spec, facts, joined),
    ...managerCheck(spec, facts.rollout),
    stepCheck(spec, facts.rollout, rules),
    ...rules.more(facts.rollout, spec),
    healthCheck(facts, rules, joined),
    replicasCheck(facts.rollout),
    ...fastTrackCheck(spec, facts, container),
    ...trafficChecks(spec, facts, rules),
    ownerCheck(spec, facts),
    metricsCheck(facts),
    ...sourceChecks(spec, facts),
    ...(facts.controllerOnly || rules.byWordOnly ? [] : proxyChecks(facts)),
  ];
  if (!checks.every((check) => check.ok)) return { checks };
  const found = rules.steps(spec, facts.rollout);
  if ('problem' in found) return { checks };
  const { steps, hold } = found;
  const held = hold ? { hold } : {};
  const chosen = { container: container as string, steps, ...held, ...(joined ? { joined: true as const } : {}) };
  const plan = makePlan(spec, facts, chosen);
  return withTemplates(spec, facts, { checks, plan });
}

function trafficChecks(spec: ReleaseSpec, facts: Facts, { byWordOnly }: PlanRules): readonly Check[] {
  if (facts.controllerOnly) return controllerChecks(spec, facts, trialArguments(spec, facts));
  return byWordOnly ? [] : [trafficCheck(facts)];
}

function proxyChecks(facts: Facts): readonly Check[] {
  return [
    ...proxyCheck(facts),
    ...hiddenAnswersCheck(facts),
    ...stickyCheck(facts),
    ...rivalRoutesCheck(facts),
    ...crossingCheck(facts),
  ];
}

/** Checks templates last, because their arguments come from the plan. */
function withTemplates(
  { target, analysis }: ReleaseSpec,
  facts: Facts,
  { checks, plan }: { readonly checks: readonly Check[]; readonly plan: ReleasePlan },
): Preflight {
  if (!facts.templates || facts.templates.length === 0) return { checks, plan };
  const patienceMs = analysis.soakMs + Math.max(analysis.holdMs, analysis.extendMs ?? 0);
  const found = checkTemplates(facts.templates, argumentsOf(target, plan), patienceMs);
  const undecided = plan.controllerOnly ? undecidedCheck({ analysis }, found.templates) : [];
  const all = [...checks, ...found.checks, ...undecided];
  return all.every((check) => check.ok)
    ? { checks: all, plan: { ...plan, templates: found.templates } }
    : { checks: all };
}

/** Undefined if the release has to name one. */
export function chooseContainer(spec: ReleaseSpec, rollout: RolloutFacts): string | undefined {
  const names = Object.keys(rollout.images);
  // An init container is released only if the release names it.
  if (spec.container !== undefined) return imageOf(rollout, spec.container) === undefined ? undefined : spec.container;
  return names.length === 1 ? names[0] : undefined;
}

function makePlan(
  spec: ReleaseSpec,
  facts: Facts,
  chosen: Pick<ReleasePlan, 'container' | 'steps' | 'hold' | 'joined'>,
): ReleasePlan {
  const { rollout, traffic, matchers, controllerOnly, template } = facts;
  const arms = armNames(rollout);
  return {
    ...kindsOf(spec),
    ...chosen,
    ...imagesOf(facts, chosen),
    toImage: spec.image,
    ...furtherOf(spec, facts, chosen),
    ...(changesFields(template) ? { template: template.change } : {}),
    stableHash: rollout.stableHash,
    stable: arm(traffic as TrafficFacts, arms.stable),
    candidate: arm(traffic as TrafficFacts, arms.candidate),
    traefikService: (traffic as TrafficFacts).name,
    settleMs: rollout.abortScaleDownDelaySeconds * 1000 + SETTLE_MARGIN_MS,
    ...(matchers ? { matchers } : {}),
    ...(controllerOnly ? { controllerOnly } : {}),
    ...(spec.failFast ? { failFast: spec.failFast } : {}),
    ...(spec.smoke ? { smoke: spec.smoke } : {}),
  };
}

/** The stable image, and that of the template where it is another one. */
function imagesOf(
  facts: Facts,
  { container, joined }: Pick<ReleasePlan, 'container' | 'joined'>,
): Pick<ReleasePlan, 'fromImage' | 'templateImage'> {
  const stable = stableVersion(facts, container, { anyTemplate: joined === true });
  const present = imageOf(facts.rollout, container) as string;
  const fromImage = 'image' in stable ? stable.image : present;
  return { fromImage, ...(joined || present === fromImage ? {} : { templateImage: present }) };
}

function furtherOf(
  spec: ReleaseSpec,
  facts: Facts,
  { container, joined }: Pick<ReleasePlan, 'container' | 'joined'>,
): Pick<ReleasePlan, 'furtherImages'> {
  const found = furtherImages(spec, facts, container, joined === true);
  return found && 'images' in found && found.images.length > 0 ? { furtherImages: found.images } : {};
}

function arm(traffic: TrafficFacts, service: string): Arm {
  const entry = traffic.weights.find((one) => one.service === service);
  return { service, metricsService: entry?.metricsService ?? '' };
}
