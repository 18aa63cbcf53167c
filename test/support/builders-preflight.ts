import type { Preflight, ReleaseSpec } from '../../src/domain/release/plan.ts';
import { preflightChecks } from '../../src/domain/release/preflight.ts';
import type { Facts, RolloutFacts } from '../../src/domain/release/preflight-facts.ts';
import { rules as blueGreen } from '../../src/strategies/blue-green/plan.ts';
import { rules as canary } from '../../src/strategies/canary/plan.ts';

/** The checks of a release with the rules of its strategy. */
export function checksOf(spec: ReleaseSpec, facts: Facts): Preflight {
  return preflightChecks(spec, facts, spec.strategy === 'blue-green' ? blueGreen : canary);
}

/** A healthy canary Rollout as preflight reads it. */
export function canaryFacts(changes: Partial<RolloutFacts> = {}): Facts {
  const rollout: RolloutFacts = {
    strategy: 'canary',
    images: { app: 'shop:v1' },
    podHash: 'old',
    stableHash: 'old',
    steps: [{ setWeight: 25 }, { pause: {} }],
    specPaused: false,
    aborted: false,
    phase: 'Healthy',
    message: '',
    observed: true,
    stableService: 'shop-stable',
    candidateService: 'shop-canary',
    stableSelector: 'old',
    candidateSelector: 'old',
    traefikService: 'shop',
    trafficRouting: ['traefik'],
    autoPromotion: false,
    canaryWeight: 0,
    abortScaleDownDelaySeconds: 30,
    replicas: { desired: 2, updated: 2, available: 2 },
    scaling: { dynamicStable: false, keepsAborted: [] },
    ...changes,
  };
  return { rollout, traffic: { name: 'shop', weights: weights('shop-stable', 'shop-canary') } };
}

export function blueGreenFacts(changes: Partial<RolloutFacts> = {}): Facts {
  const facts = canaryFacts({
    strategy: 'blue-green',
    steps: [],
    trafficRouting: [],
    stableService: 'shop-active',
    candidateService: 'shop-preview',
    ...changes,
  });
  return { ...facts, traffic: { name: 'shop', weights: weights('shop-active', 'shop-preview') } };
}

function weights(stable: string, candidate: string) {
  return [stable, candidate].map((service, index) => ({
    service,
    weight: index === 0 ? 100 : 0,
    metricsService: `shop-${service}-80@kubernetescrd`,
  }));
}

export const REPORT = 'Argo reports no update under way; 0 of 4 available pods are not of the stable version';

/** A Rollout whose traffic Argo divides by four pods, unless `changes` say otherwise. */
export function basicCanaryFacts(changes: Partial<RolloutFacts> = {}): Facts {
  const basic = { trafficRouting: [], replicas: { desired: 4, updated: 4, available: 4 } };
  const { rollout } = canaryFacts({ ...basic, ...changes });
  const { traefikService: _, stableService: _s, candidateService: _c, ...rest } = rollout;
  const { stableSelector: _ss, candidateSelector: _cs, ...nameless } = rest;
  const arm = (service: string, weight: number) => ({ service, weight, metricsService: '' });
  const traffic = { name: 'shop', weights: [arm('the stable pods', 100), arm('the new pods', 0)], report: REPORT };
  return { rollout: { ...nameless, ...changes }, traffic, controllerOnly: true };
}
