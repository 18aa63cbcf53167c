import { setTimeout as sleep } from 'node:timers/promises';
import { ignoreFailure, SluiceError } from '../domain/errors.ts';
import type { Preflight, ReleaseSpec } from '../domain/release/plan.ts';
import { mayFastTrack } from '../domain/release/fast-track.ts';
import { isTemplateStable } from '../domain/release/stable-version.ts';
import { preflightChecks } from '../domain/release/preflight.ts';
import type { PlanRules } from '../domain/release/plan-rules.ts';
import type { Facts, TrafficFacts } from '../domain/release/preflight-facts.ts';
import type { Ports } from '../ports/index.ts';
import type { RolloutState } from '../domain/rollout.ts';
import { readSources } from './sources.ts';
import { withCountedNames } from './counted-names.ts';
import { readTemplateChange } from './template.ts';
import { readTemplates } from './templates.ts';
import type { ArmServices, TrafficView } from '../ports/split.ts';

/** Number of requests before a silent proxy counts as unreachable. A short silence is no reason to refuse a release. */
const PROXY_LOOKS = 3;
const BETWEEN_LOOKS_MS = 250;
/** Number of reads until a controller that has not seen the spec counts as away. */
const OBSERVED_LOOKS = 12;

/**
 * Reads all facts that a release over the two Services of a Rollout depends on, and checks them. Changes nothing.
 * Problems of the target itself are failed checks. A Rollout that cannot be read is an error: ROLLOUT_NOT_FOUND,
 * NAMESPACE_NOT_FOUND, CLUSTER_*, CRD_MISSING, FORBIDDEN.
 */
export async function preflight(ports: Ports, spec: ReleaseSpec, rules: PlanRules): Promise<Preflight> {
  const rollout = await readObserved(ports, spec);
  const [traffic, templates, revisions, template] = await Promise.all([
    readTraffic(ports, spec, rollout),
    readTemplates(ports.templates, spec),
    mayFastTrack(rollout) || !isTemplateStable(rollout) ? readRevisions(ports, spec) : undefined,
    readTemplateChange(ports, spec, rollout),
  ]);
  const facts: Facts = {
    rollout,
    ...(revisions ? { revisions } : {}),
    ...(traffic.view ? { traffic: await withCountedNames(ports, trafficFacts(traffic.view)) } : {}),
    ...(traffic.problem ? { trafficProblem: traffic.problem } : {}),
    ...(ports.split.controllerOnly ? { controllerOnly: true } : {}),
    ...(templates.length > 0 ? { templates } : {}),
    ...(template ? { template } : {}),
    ...(Object.keys(ports.evidence.matchers).length > 0 ? { matchers: ports.evidence.matchers } : {}),
  };
  // The check "hidden answers" says it when the account may not read IngressRoutes.
  const [sources, proxyProblem, selfAnswering, rivals, own] = await Promise.all([
    readSources(ports, spec, facts),
    traffic.view && weighsBoth(traffic.view, rollout) ? readProxies(ports, traffic.view, rollout) : undefined,
    traffic.view && readSelfAnswering(ports, traffic.view, rollout),
    traffic.view && ports.split.rivals(traffic.view.ref).catch(ignoreFailure),
    traffic.view && ports.split.rules?.(traffic.view.ref).catch(ignoreFailure),
  ]);
  const all: Facts = {
    ...facts,
    ...sources,
    ...(proxyProblem ? { proxyProblem } : {}),
    ...(selfAnswering === undefined ? {} : { selfAnswering }),
    ...(rivals ? { rivals } : {}),
    ...(own ? { rules: own } : {}),
  };
  return preflightChecks(spec, all, rules);
}

/**
 * Whoever has just written the Rollout starts a release at once. Until the controller has seen the spec, its status is
 * that of the version before.
 */
async function readObserved(ports: Ports, { target }: ReleaseSpec): Promise<RolloutState> {
  for (let look = 1; ; look += 1) {
    const rollout = await ports.workload.read(target);
    if (rollout.observed || look === OBSERVED_LOOKS) return rollout;
    await sleep(BETWEEN_LOOKS_MS);
  }
}

/** For Argo's shortcuts, and for the stable image after an abort. A missing right is a text, not an error. */
async function readRevisions(ports: Ports, spec: ReleaseSpec): Promise<NonNullable<Facts['revisions']>> {
  try {
    return await ports.workload.revisions(spec.target);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'FORBIDDEN') return error.message;
    throw error;
  }
}

async function readTraffic(
  ports: Ports,
  spec: ReleaseSpec,
  rollout: RolloutState,
): Promise<{ view?: TrafficView; problem?: string }> {
  const place = { cluster: spec.target.cluster, namespace: spec.target.namespace };
  if (ports.split.controllerOnly) return { view: await ports.split.read({ ...place, name: spec.target.rollout }) };
  const name = rollout.traefikService ?? spec.traefikService ?? (await findName(ports, place, rollout));
  if (typeof name !== 'string') return name;
  try {
    return { view: await ports.split.read({ ...place, name }) };
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'TRAFFIC_SERVICE_NOT_FOUND') return { problem: error.message };
    throw error;
  }
}

async function findName(
  ports: Ports,
  place: { cluster: string; namespace: string },
  rollout: RolloutState,
): Promise<string | { problem: string }> {
  const arms = armServices(rollout);
  if (!arms) return { problem: 'the Rollout does not name both of its Services' };
  const found = await ports.split.find(place, arms);
  if (found.length === 1) return found[0] as string;
  if (found.length === 0) return { problem: `no weighted TraefikService holds ${arms.stable} and ${arms.candidate}` };
  return {
    problem: `several TraefikServices hold both Services: ${found.join(', ')}; name one in traffic.traefik_service`,
  };
}

function armServices(rollout: RolloutState): ArmServices | undefined {
  const { stableService: stable, candidateService: candidate } = rollout;
  return stable && candidate ? { stable, candidate } : undefined;
}

/** Otherwise the check of the traffic says which Service is missing. */
function weighsBoth({ weights }: TrafficView, rollout: RolloutState): boolean {
  const arms = armServices(rollout);
  const names = weights.map(({ service }) => service);
  return arms !== undefined && names.includes(arms.stable) && names.includes(arms.candidate);
}

/**
 * The reason why the effect of weights could not be proved: a replica does not answer or does not serve the
 * TraefikService.
 */
async function readProxies(ports: Ports, view: TrafficView, rollout: RolloutState): Promise<string | undefined> {
  const arms = armServices(rollout);
  if (!arms) return undefined;
  for (let look = 1; ; look += 1) {
    const replicas = await ports.split.inForce(view.ref, arms);
    const silent = replicas.find((replica) => replica.candidate === undefined);
    if (!silent) return undefined;
    if (look === PROXY_LOOKS)
      return `Traefik ${silent.replica}: ${silent.error ?? 'does not serve the TraefikService'}`;
    await sleep(BETWEEN_LOOKS_MS);
  }
}

/** A release does not require these facts. If the account may not read them, a check says so. */
async function readSelfAnswering(
  ports: Ports,
  view: TrafficView,
  rollout: RolloutState,
): Promise<Facts['selfAnswering']> {
  const arms = armServices(rollout);
  try {
    return arms && (await ports.split.selfAnswering(view.ref, arms));
  } catch (error) {
    if (error instanceof SluiceError) return error.message;
    throw error;
  }
}

function trafficFacts(view: TrafficView): TrafficFacts {
  return {
    name: view.ref.name,
    weights: view.weights,
    sticky: view.sticky,
    ...(view.owner ? { owner: view.owner } : {}),
    ...(view.report === undefined ? {} : { report: view.report }),
  };
}
