import { bad, ok, ownerCheck } from '../../domain/release/preflight-checks.ts';
import {
  kindsOf,
  type Arm,
  type Check,
  type Preflight,
  type ReleasePlan,
  type ReleaseSpec,
} from '../../domain/release/plan.ts';
import { SluiceError } from '../../domain/errors.ts';
import { plural } from '../../domain/plural.ts';
import type { Revision, RolloutState } from '../../domain/rollout.ts';
import { DEFAULT_STEPS } from '../../contract/chosen-steps.ts';
import type { Ports } from '../../ports/index.ts';
import type { TrafficRef, TrafficView } from '../../ports/split.ts';
import { conformanceCheck } from './conformance-check.ts';
import { contractCheck } from './contract-check.ts';
import { replayCheck } from './replay-check.ts';

/** What was read of the server before the release. */
interface Facts {
  readonly state: RolloutState;
  readonly revisions: readonly Revision[];
  readonly view: TrafficView;
}

/**
 * Reads the registry and every gateway, and checks them. Changes nothing. Errors: those of the ports, SERVER_NOT_FOUND
 * for a server that is not registered.
 */
export async function plan(world: Ports, spec: ReleaseSpec): Promise<Preflight> {
  const { target } = spec;
  const ref: TrafficRef = { cluster: target.cluster, namespace: target.namespace, name: target.rollout };
  const [state, revisions, view] = await Promise.all([
    world.workload.read(target),
    world.workload.revisions(target),
    world.split.read(ref),
  ]);
  const facts = { state, revisions, view };
  const gateways = await gatewaysCheck(world, spec, facts, ref);
  const checks = [
    versionCheck(spec, facts),
    blueCheck(facts),
    trafficCheck(spec, facts),
    fieldsCheck(spec),
    stepsCheck(spec, facts),
    ...mirrorChecks(spec),
    ownerCheck(spec, { rollout: state }),
    await contractCheck(world.workload, spec, state.stableHash),
    gateways,
    // A gateway that does not answer shows no counters either.
    ...(gateways.ok ? [await countersCheck(world)] : []),
  ];
  const { replay, conformance, image } = spec;
  const arms = { stable: state.stableHash, candidate: image };
  // The version is called only if nothing else speaks against it.
  if (replay && checks.every((check) => check.ok))
    checks.push(await replayCheck(world.split, ref, arms, replay.changing));
  if (conformance && checks.every((check) => check.ok))
    checks.push(await conformanceCheck(world.split, ref, arms, conformance.expected));
  return checks.every((check) => check.ok) ? { checks, plan: planOf(spec, facts) } : { checks };
}

function versionCheck({ image, target }: ReleaseSpec, { state, revisions }: Facts): Check {
  const known = revisions.map(({ podHash }) => podHash);
  if (!known.includes(image))
    return bad(
      'version',
      `${target.rollout} has no version ${image}; it has ${known.join(', ')}`,
      `Register it with mcp_server_deploy, or name one of these.`,
    );
  if (image === state.stableHash)
    return bad('version', `${image} is blue already: all callers have it`, 'Release another version.');
  return ok('version', `${target.rollout}: ${state.stableHash || 'no blue version'} → ${image}`);
}

/** Without a blue version there is no comparison and no way back. */
function blueCheck({ state }: Facts): Check {
  return state.stableHash === ''
    ? bad('blue', 'no version is blue', 'Make the present version blue with mcp_server_promote.')
    : ok('blue', state.stableHash);
}

/** Whatever moves callers besides the release would be judged as its own. */
function trafficCheck({ image, target }: ReleaseSpec, { state, view }: Facts): Check {
  const other = view.weights.find(({ service, weight }) => weight > 0 && service !== state.stableHash);
  if (!other) return ok('traffic', `${state.stableHash || 'no version'} has all callers`);
  const whose = other.service === image ? 'before the release' : 'which the release neither moves nor judges';
  return bad(
    'traffic',
    `${other.service} has ${other.weight} % of the callers, ${whose}`,
    `Call mcp_server_traffic with name "${target.rollout}", version "${other.service}" and percent 0.`,
  );
}

/** Fields that every strategy has, and that mean nothing for a server without pods and without Prometheus. */
function fieldsCheck({ container, failFast, acceptFastTrack, analysis }: ReleaseSpec): Check {
  const given = [
    ...(container === undefined ? [] : ['container']),
    ...(failFast === undefined ? [] : ['fail_fast']),
    ...(acceptFastTrack === undefined ? [] : ['accept_fast_track']),
    ...(analysis.metrics && analysis.metrics.length > 0 ? ['analysis.metrics'] : []),
  ];
  return given.length === 0
    ? ok('fields', 'every field has a meaning for an MCP server')
    : bad('fields', `a release of an MCP server has no ${given.join(', ')}`, 'Leave them out.');
}

/** With all callers on the new version, it is compared with what blue did in the steps before. */
function stepsCheck({ image, steps = DEFAULT_STEPS }: ReleaseSpec, { view }: Facts): Check {
  const audience = view.weights.find(({ service }) => service === image)?.audience;
  const whose =
    audience === undefined
      ? 'the callers'
      : `the callers with ${audience}; all others stay with blue until the promotion`;
  const check = ok('steps', `${steps.join(', ')} % of ${whose}`);
  if (steps[0] !== 100 || audience !== undefined) return check;
  return {
    ...check,
    next: 'Begin with a smaller step: at 100 % blue gets no calls, so there is nothing to compare with.',
  };
}

/** The time for the calls has to end first, so that the release says what it lacks. */
function mirrorChecks({ mirror, timeouts: { stepMs } }: ReleaseSpec): readonly Check[] {
  if (!mirror) return [];
  const detail = `${plural(mirror.calls, 'call')} of users within ${mirror.withinMs / 1000} s`;
  return [
    mirror.withinMs < stepMs
      ? ok('mirror', detail)
      : bad(
          'mirror',
          `${detail}, and a step may take ${stepMs / 1000} s`,
          'Make mirror.within shorter than timeouts.step.',
        ),
  ];
}

async function gatewaysCheck(
  { split }: Ports,
  { image }: ReleaseSpec,
  { state }: Facts,
  ref: TrafficRef,
): Promise<Check> {
  const gateways = await split.inForce(ref, { stable: state.stableHash, candidate: image });
  const next =
    'Start every gateway (`sluice gateway`) on this registry, and name their addresses in SLUICE_MCP_GATEWAYS.';
  if (gateways.length === 0) return bad('gateways', 'no gateway is named', next);
  const silent = gateways.find(({ candidate }) => candidate === undefined);
  return silent
    ? bad('gateways', `${silent.replica}: ${silent.error ?? 'it does not know the version'}`, next)
    : ok('gateways', `${gateways.map(({ replica }) => replica).join(', ')} have the present split in force`);
}

async function countersCheck({ evidence }: Ports): Promise<Check> {
  try {
    await evidence.probe();
    return ok('counters', 'the gateways show what they count');
  } catch (error) {
    if (error instanceof SluiceError) return bad('counters', error.message, error.next);
    throw error;
  }
}

function planOf(spec: ReleaseSpec, { state, view }: Facts): ReleasePlan {
  const { target, image, mirror, steps = DEFAULT_STEPS } = spec;
  const candidate = armOf(view, target.rollout, image);
  return {
    ...kindsOf(spec),
    container: Object.keys(state.images)[0] ?? '',
    fromImage: state.stableHash,
    toImage: image,
    stableHash: state.stableHash,
    steps: steps.map((weight) => ({ weight })),
    stable: armOf(view, target.rollout, state.stableHash),
    candidate,
    traefikService: target.rollout,
    settleMs: 0,
    after: candidate,
    dividesCallers: true,
    judgesTools: true,
    ...(mirror ? { mirror } : {}),
  };
}

function armOf({ weights }: TrafficView, server: string, version: string): Arm {
  const labels = `{server="${server}",version="${version}"}`;
  return {
    service: version,
    metricsService: weights.find(({ service }) => service === version)?.metricsService ?? '',
    counters: {
      requests: `sluice_mcp_requests_total${labels}`,
      durations: `sluice_mcp_request_seconds_bucket${labels}`,
    },
  };
}
