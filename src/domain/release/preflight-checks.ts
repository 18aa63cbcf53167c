import type { Facts, RolloutFacts } from './preflight-facts.ts';
import { blueGreenWeights, canarySteps, fixedSteps } from './preflight-steps.ts';
import type { Check, PlanStep, ReleaseSpec } from './plan.ts';
import { releaseId } from './target.ts';

const ok = (name: string, detail: string): Check => ({ name, ok: true, detail });
const bad = (name: string, detail: string, next: string): Check => ({ name, ok: false, detail, next });

export function strategyCheck(spec: ReleaseSpec, rollout: RolloutFacts): Check {
  if (rollout.strategy !== spec.strategy)
    return bad(
      'strategy',
      `the Rollout is ${rollout.strategy}, the release says ${spec.strategy}`,
      `Set strategy: ${rollout.strategy}, or change the Rollout.`,
    );
  if (spec.strategy === 'blue-green' && rollout.autoPromotion)
    return bad(
      'strategy',
      'autoPromotionEnabled is on, so Argo would cut over unjudged',
      'Set spec.strategy.blueGreen.autoPromotionEnabled: false.',
    );
  if (spec.strategy === 'canary' && rollout.trafficRouting.join() !== 'traefik')
    return bad(
      'strategy',
      `the canary routes traffic by ${rollout.trafficRouting.join(', ') || 'nothing'}`,
      'Set spec.strategy.canary.trafficRouting.traefik.weightedTraefikServiceName.',
    );
  if (!rollout.stableService || !rollout.candidateService)
    return bad(
      'strategy',
      'the Rollout does not name both of its Services',
      'Set stableService and canaryService, or activeService and previewService.',
    );
  return ok('strategy', `${spec.strategy} with ${rollout.stableService} and ${rollout.candidateService}`);
}

export function templateCheck(spec: ReleaseSpec, rollout: RolloutFacts, container: string | undefined): Check {
  const names = Object.keys(rollout.images).join(', ');
  if (rollout.workloadRef)
    return bad(
      'image',
      'the Rollout takes its template from a workloadRef',
      'Releases of workloadRef Rollouts are not supported yet.',
    );
  if (container === undefined)
    return bad(
      'image',
      spec.container ? `no container ${spec.container}; there are: ${names}` : `several containers: ${names}`,
      'Name one in `container`.',
    );
  const present = rollout.images[container];
  if (present === spec.image) return bad('image', `${container} already runs ${spec.image}`, 'Release another image.');
  return ok('image', `${container}: ${present} → ${spec.image}`);
}

export function stepChecks(spec: ReleaseSpec, rollout: RolloutFacts): Check[] {
  if (spec.strategy === 'blue-green') return [ok('steps', `preview weights ${blueGreenWeights(spec).join(', ')}`)];
  const wanted = canarySteps(rollout.steps);
  const problem =
    typeof wanted === 'string' ? wanted : wanted.length === 0 ? 'the Rollout has no setWeight step' : undefined;
  if (problem !== undefined)
    return [bad('steps', problem, `Use these steps: ${JSON.stringify(fixedSteps(rollout.steps))}`)];
  return [
    ok('steps', `canary weights ${(wanted as readonly PlanStep[]).map((step) => step.weight).join(', ')}, then 100`),
  ];
}

/**
 * An inconclusive background analysis makes Argo 1.10.1 pass the untimed pauses that come later without a promote
 * (tried).
 */
export function analysisChecks({ backgroundAnalysis }: RolloutFacts): Check[] {
  if (backgroundAnalysis === undefined) return [];
  const detail = `the Rollout has a background analysis (${backgroundAnalysis.join(', ')}): when it is inconclusive, Argo goes past later pauses unjudged`;
  return [
    bad(
      'analysis',
      detail,
      'Remove spec.strategy.canary.analysis; the release judges each step itself, by its own `analysis`.',
    ),
  ];
}

/** Healthy, or Degraded only by an abort whose traffic is settled (design.md, "A release"). */
export function healthCheck(spec: ReleaseSpec, facts: Facts): Check {
  const { rollout } = facts;
  const state = `${rollout.phase}${rollout.message ? `: ${rollout.message}` : ''}`;
  if (rollout.specPaused) return bad('health', 'the Rollout is paused by hand (spec.paused)', 'Resume it first.');
  if (!rollout.observed)
    return bad(
      'health',
      'the controller has not seen the present spec',
      'Check that the Argo Rollouts controller runs, then try again.',
    );
  if (candidateWeight(facts) !== 0)
    return bad(
      'health',
      `the candidate has weight ${candidateWeight(facts)} before the release`,
      'Finish or abort what is under way.',
    );
  if (rollout.phase === 'Healthy') return ok('health', 'Healthy');
  const settled = rollout.aborted && rollout.stableSelector === rollout.stableHash;
  const selectors = spec.strategy === 'blue-green' || rollout.candidateSelector === rollout.stableHash;
  if (settled && selectors) return ok('health', `${state}; only an abort, and its traffic is settled`);
  return bad('health', state, 'Wait until the Rollout is Healthy, or abort what is under way.');
}

function candidateWeight(facts: Facts): number {
  const entry = facts.traffic?.weights.find((one) => one.service === facts.rollout.candidateService);
  return entry?.weight ?? 0;
}

export function trafficCheck(facts: Facts): Check {
  if (!facts.traffic)
    return bad(
      'traffic',
      facts.trafficProblem ?? 'no TraefikService',
      'Create a weighted TraefikService over both Services.',
    );
  const names = facts.traffic.weights.map((one) => one.service);
  const missing = [facts.rollout.stableService, facts.rollout.candidateService].filter(
    (name) => name !== undefined && !names.includes(name),
  );
  if (missing.length > 0)
    return bad(
      'traffic',
      `TraefikService ${facts.traffic.name} has ${names.join(', ')} but not ${missing.join(', ')}`,
      'Make the names of the TraefikService and the Rollout match.',
    );
  return ok(
    'traffic',
    `TraefikService ${facts.traffic.name}: ${facts.traffic.weights.map((one) => `${one.service} ${one.weight}`).join(', ')}`,
  );
}

export function ownerCheck(spec: ReleaseSpec, facts: Facts): Check {
  const mine = releaseId(spec.target);
  const other = [facts.rollout.owner, facts.traffic?.owner].find(
    (owner) => owner !== undefined && owner.releaseId !== mine,
  );
  if (other)
    return bad(
      'owner',
      `held by ${other.releaseId} (run ${other.runId})`,
      'Let that release finish; if it is gone, remove the annotation sluice.dev/owner.',
    );
  return ok('owner', 'no other owner');
}

export function metricsCheck(facts: Facts): Check {
  const { metricsProblem } = facts;
  return metricsProblem ? bad('prometheus', metricsProblem.detail, metricsProblem.next) : ok('prometheus', 'answers');
}

export function proxyCheck(facts: Facts): Check {
  return facts.proxyProblem
    ? bad('traefik', facts.proxyProblem, 'Check SLUICE_TRAEFIK_API_URLS or SLUICE_TRAEFIK_API_PODS.')
    : ok('traefik', 'serves the TraefikService');
}

/**
 * A breaker that is open, or a limit that is reached, answers users; no counter of a Service holds it (tried with
 * Traefik 3.7), so no judge sees it.
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
  if (selfAnswering.length === 0) return [ok(name, 'no breaker and no limit stands before the two Services')];
  const told = selfAnswering.map(({ type, middleware, place }) => `${type} ${middleware} on ${place}`).join(', ');
  const detail = `${told}: Traefik counts what ${selfAnswering.length === 1 ? 'it answers' : 'they answer'} for no Service, so the release does not see it`;
  return [
    {
      ...ok(name, detail),
      next: 'Take it off while the release runs, which goes back from a bad version by itself, or watch traefik_router_requests_total (Traefik: metrics.prometheus.addRoutersLabels) by a metric of the release.',
    },
  ];
}
