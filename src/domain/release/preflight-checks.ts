import { servicePaths } from '../argo-strategies.ts';
import { armNames } from '../route/arm-names.ts';
import { rivalText } from '../route/rival.ts';
import { imageOf } from '../rollout.ts';
import { changesFields } from '../template/template-change.ts';
import { controllerUnfit, dividedBy } from './controller-fit.ts';
import type { Facts, RolloutFacts } from './preflight-facts.ts';
import type { Check, ReleaseSpec } from './plan.ts';
import type { PlanRules } from './plan-rules.ts';
import { refusedField } from './refused-spec.ts';
import { isTemplateStable, stableVersion } from './stable-version.ts';
import { followOrEnd, releaseId } from './target.ts';

export const ok = (name: string, detail: string): Check => ({ name, ok: true, detail });
export const bad = (name: string, detail: string, next: string): Check => ({ name, ok: false, detail, next });

function unnamedServices({ strategy, stableService, candidateService }: RolloutFacts): readonly string[] {
  const [stable, candidate] = servicePaths(strategy);
  return [...(stableService ? [] : [stable]), ...(candidateService ? [] : [candidate])];
}

export function strategyCheck(spec: ReleaseSpec, { rollout, controllerOnly }: Facts, rules: PlanRules): Check {
  const { argo, unfit } = rules;
  if (rollout.strategy !== argo)
    return bad(
      'strategy',
      `the Rollout is ${rollout.strategy}, the release has strategy ${spec.strategy}`,
      `Set strategy: ${rollout.strategy}, or change the Rollout.`,
    );
  const problem = controllerOnly ? controllerUnfit(rollout, rules) : unfit(rollout, spec);
  if (problem) return bad('strategy', problem.detail, problem.next);
  if (controllerOnly) return ok('strategy', `${spec.strategy}: Argo divides the traffic by ${dividedBy(rollout)}`);
  if (!rollout.stableService || !rollout.candidateService)
    return bad(
      'strategy',
      'the Rollout does not name both of its Services',
      `Set ${unnamedServices(rollout).join(' and ')}.`,
    );
  return ok('strategy', `${spec.strategy} with ${rollout.stableService} and ${rollout.candidateService}`);
}

/** Whether the release joins an update to its image that another writer began. */
export function isJoined(
  { image }: ReleaseSpec,
  { rollout }: Facts,
  container: string,
  { watches }: PlanRules,
): boolean {
  const { aborted, observed } = rollout;
  return (
    watches === true && imageOf(rollout, container) === image && observed && !aborted && !isTemplateStable(rollout)
  );
}

export function templateCheck(spec: ReleaseSpec, facts: Facts, container: string | undefined, rules: PlanRules): Check {
  const { rollout } = facts;
  const names = Object.keys({ ...rollout.images, ...rollout.initImages }).join(', ');
  if (container === undefined)
    return bad(
      'image',
      spec.container
        ? `there is no container ${spec.container}; the containers are: ${names}`
        : `several containers: ${names}`,
      `Name one in the release, for example container: ${Object.keys(rollout.images)[0] ?? 'app'}.`,
    );
  const joined = isJoined(spec, facts, container, rules);
  const stable = stableVersion(facts, container, { anyTemplate: joined });
  if ('problem' in stable) return bad('image', stable.problem, stable.next);
  if (joined) return joinedCheck(spec.image, stable.image, container);
  if (stable.image === spec.image && imageOf(rollout, container) === spec.image && changesFields(facts.template))
    return ok('image', `${container}${placeOf(rollout)}: ${spec.image}, unchanged`);
  if (stable.image !== spec.image && imageOf(rollout, container) !== spec.image)
    return ok('image', `${container}${placeOf(rollout)}: ${stable.image} → ${spec.image}`);
  return sameImage(spec.image, stable.image, rollout, container);
}

/** Where the release writes the image, if not into the Rollout. */
function placeOf({ workload }: RolloutFacts): string {
  return workload ? ` in ${workload.kind} ${workload.name}` : '';
}

function joinedCheck(image: string, stable: string, container: string): Check {
  const what = image === stable ? `another template with the same image ${image}` : `${stable} → ${image}`;
  return ok('image', `${container}: ${what}; its update is under way, and the release joins it`);
}

/** The image is the stable one, or is in the template already. Argo would begin no new version for it. */
function sameImage(image: string, stable: string, rollout: RolloutFacts, container: string): Check {
  const { aborted, observed } = rollout;
  const present = imageOf(rollout, container);
  if (!observed)
    return bad(
      'image',
      `the template has ${image} already, and the controller has not seen this spec yet`,
      'Check that the Argo Rollouts controller runs, then try again.',
    );
  if (present === stable) return bad('image', `${container} already runs ${image}`, 'Release another image.');
  if (image === stable)
    return bad(
      'image',
      `${image} is the stable version already; the template has ${present}, which is not`,
      `Release another image, or put ${image} back into the template with argo_update_rollout_image.`,
    );
  return aborted
    ? bad(
        'image',
        `the template has ${image} already, and its update was aborted: Argo does not begin it again`,
        `Put ${stable} back into the template with argo_update_rollout_image, then release ${image}.`,
      )
    : bad('image', `the template has ${image} already, and its update is under way`, 'Let it end, or abort it first.');
}

/** A tool that knows nothing of the release restores the old image from its source. */
export function managerCheck({ helm, flux }: ReleaseSpec, { managers = [] }: RolloutFacts): readonly Check[] {
  const [manager] = managers.filter(({ tool }) => tool !== 'controller');
  if (!manager || helm || flux) return [];
  const detail = `${manager.tool} manages the Rollout, as ${manager.what}. ${manager.willDo}`;
  const next = 'Let the release change the source: with `helm` or `flux` in the release file (docs/gitops.md).';
  return [{ ...ok('manager', detail), next }];
}

export function stepCheck(spec: ReleaseSpec, rollout: RolloutFacts, rules: PlanRules): Check {
  const found = rules.steps(spec, rollout);
  return 'problem' in found ? bad('steps', found.problem, found.next) : ok('steps', found.detail);
}

/**
 * Healthy, or Degraded only by an abort whose traffic is settled (design.md, "A release"). A release that joins an
 * update finds the Rollout in the middle of it.
 */
export function healthCheck(facts: Facts, { isAbortSettled }: PlanRules, joined: boolean): Check {
  const { rollout } = facts;
  const state = `${rollout.phase}${rollout.message ? `: ${rollout.message}` : ''}`;
  if (rollout.specPaused)
    return bad(
      'health',
      'the Rollout is paused by hand (spec.paused)',
      'Set spec.paused: false (argo_resume_rollout).',
    );
  if (!rollout.observed)
    return bad(
      'health',
      'the controller has not seen the present spec',
      'Check that the Argo Rollouts controller runs, then try again.',
    );
  if (joined && UNDER_WAY.includes(rollout.phase)) return ok('health', state);
  if (candidateWeight(facts) !== 0)
    return bad(
      'health',
      `the candidate has weight ${candidateWeight(facts)} before the release`,
      'Let the update end, or take it back with argo_abort_rollout.',
    );
  if (rollout.phase === 'Healthy') return ok('health', 'Healthy');
  if (rollout.aborted && isAbortSettled(rollout))
    return ok('health', `${state}; the cause is an abort, and its traffic is settled`);
  const refused = refusedField(rollout);
  if (refused !== undefined)
    return bad('health', state, `Correct ${refused} of the Rollout: Argo refuses the spec as it is.`);
  return bad('health', state, 'Wait until the Rollout is Healthy, or take its update back with argo_abort_rollout.');
}

/** Phases of a Rollout that has an update under way (Argo Rollouts, status.phase). */
const UNDER_WAY: readonly string[] = ['Progressing', 'Paused'];

/** Without pods of the stable version there is no comparison and no rollback. */
export function replicasCheck({ replicas }: RolloutFacts): Check {
  if (replicas.desired > 0) return ok('replicas', `${replicas.desired}`);
  return bad('replicas', 'spec.replicas is 0: no pod serves the stable version', 'Set spec.replicas to 1 or more.');
}

function candidateWeight(facts: Facts): number {
  const { candidate } = armNames(facts.rollout);
  const entry = facts.traffic?.weights.find((one) => one.service === candidate);
  return entry?.weight ?? 0;
}

export function trafficCheck(facts: Facts): Check {
  const { stableService, candidateService } = facts.rollout;
  const both = `${stableService ?? 'the stable Service'} and ${candidateService ?? 'the one of the new version'}`;
  if (!facts.traffic)
    return bad(
      'traffic',
      facts.trafficProblem ?? 'no TraefikService',
      `Create a TraefikService with ${both} in spec.weighted.services (traefik_create_weighted_route).`,
    );
  const names = facts.traffic.weights.map((one) => one.service);
  const missing = lacking(facts);
  if (missing.length > 0)
    return bad(
      'traffic',
      `TraefikService ${facts.traffic.name} has ${names.join(', ')} but not ${missing.join(', ')}`,
      `Name ${both} in spec.weighted.services of TraefikService ${facts.traffic.name}.`,
    );
  const foreign = foreignService(facts);
  if (foreign) return foreign;
  const third = facts.traffic.weights.find(
    ({ service, weight }) => weight > 0 && ![stableService, candidateService].includes(service),
  );
  if (third)
    return bad(
      'traffic',
      `TraefikService ${facts.traffic.name} sends weight ${third.weight} to ${third.service}, which the release neither moves nor judges`,
      `Remove ${third.service} from spec.weighted.services of TraefikService ${facts.traffic.name}, or set its weight to 0.`,
    );
  return ok(
    'traffic',
    `TraefikService ${facts.traffic.name}: ${facts.traffic.weights.map((one) => `${one.service} ${one.weight}`).join(', ')}`,
  );
}

/** Argo finds an entry by its name alone, and changes the selector of the Service in the Rollout's own namespace. */
function foreignService({ traffic, rollout }: Facts): Check | undefined {
  const arms = [rollout.stableService, rollout.candidateService];
  const places = traffic?.weights.flatMap(({ place, service }) => (place && arms.includes(service) ? place : [])) ?? [];
  const place = places.find(({ namespace, serviceNamespace = namespace }) => serviceNamespace !== namespace);
  if (!place) return undefined;
  return bad(
    'traffic',
    `TraefikService ${place.route} names Service ${place.service} of namespace ${place.serviceNamespace}, and the Service of the Rollout is in ${place.namespace}`,
    `Remove spec.weighted.services[${place.index}].namespace of TraefikService ${place.route}.`,
  );
}

export function ownerCheck(spec: ReleaseSpec, facts: Facts): Check {
  const mine = releaseId(spec.target);
  // The mark of an ended run of the same Rollout has been left out of the facts.
  const other = [facts.rollout.owner, facts.traffic?.owner].find(
    (owner) => owner !== undefined && owner.releaseId !== mine,
  );
  if (other)
    return bad(
      'owner',
      `held by ${other.releaseId} (run ${other.runId})`,
      `${followOrEnd(other.releaseId)} If its run has ended, call release_recover with release_id "${other.releaseId}".`,
    );
  return ok('owner', facts.rollout.owner ? `held by a run of ${mine} itself` : 'no other owner');
}

export function metricsCheck(facts: Facts): Check {
  const { metricsProblem } = facts;
  return metricsProblem ? bad('prometheus', metricsProblem.detail, metricsProblem.next) : ok('prometheus', 'answers');
}

/** Absent where no proxy was asked, because the TraefikService is missing or lacks a Service. */
export function proxyCheck(facts: Facts): Check[] {
  if (facts.proxyProblem)
    return [bad('traefik', facts.proxyProblem, 'Check SLUICE_TRAEFIK_API_URLS or SLUICE_TRAEFIK_API_PODS.')];
  return lacking(facts).length > 0 || !facts.traffic ? [] : [ok('traefik', 'serves the TraefikService')];
}

/** Services of the Rollout that its TraefikService does not name. */
function lacking({ traffic, rollout: { stableService, candidateService } }: Facts): readonly string[] {
  const names = traffic?.weights.map((one) => one.service) ?? [];
  return [stableService, candidateService].filter((name) => name !== undefined && !names.includes(name)) as string[];
}

/** Absent where no other rule may get the requests of the release. */
export function rivalRoutesCheck({ rivals = [] }: Facts): Check[] {
  if (rivals.length === 0) return [];
  const next =
    'Remove one of the rules, or give the rule of this release a higher priority. Without requests no step passes.';
  return [{ ...ok('other routes', rivals.map(rivalText).join('; ')), next }];
}

/**
 * An open circuit breaker or a reached limit answers users itself. No counter of a Service includes these answers
 * (tried with Traefik 3.7), so no judge sees them.
 */
export function hiddenAnswersCheck({ selfAnswering }: Facts): Check[] {
  if (selfAnswering === undefined) return [];
  const name = 'hidden answers';
  if (typeof selfAnswering === 'string')
    return [
      {
        ...ok(name, `the middlewares could not be read: ${selfAnswering}`),
        next: 'Grant the account to read IngressRoutes and Middlewares (deploy/rbac.yaml).',
      },
    ];
  if (selfAnswering.length === 0)
    return [ok(name, 'there is no circuit breaker and no limit in front of the two Services')];
  const listed = selfAnswering.map(({ type, middleware, place }) => `${type} ${middleware} on ${place}`).join(', ');
  const detail = `${listed}: Traefik counts ${selfAnswering.length === 1 ? 'its' : 'their'} answers for no Service, so the release does not see them`;
  return [
    {
      ...ok(name, detail),
      next: 'Remove it while the release runs, because the release itself rolls a bad version back. Or watch traefik_router_requests_total (Traefik: metrics.prometheus.addRoutersLabels) with a metric of the release.',
    },
  ];
}
