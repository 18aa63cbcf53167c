import { argumentsOf, type ArgumentValues } from '../analysis/query-arguments.ts';
import {
  clockFinding,
  durationsFinding,
  requestsFinding,
  scrapesFinding,
  unknownFinding,
} from '../analysis/sources.ts';
import { checkTemplates } from '../analysis/template/check-templates.ts';
import { findingOf, NO_HASH_YET, trialsOf, type Finding, type Trial } from '../analysis/trial.ts';
import type { Arm, Check, ReleaseSpec } from './plan.ts';
import type { Facts } from './preflight-facts.ts';

/** Both arms with their names in Traefik's counters. Undefined while one of them is not known. */
export function armsOf({
  rollout,
  traffic,
}: Pick<Facts, 'rollout' | 'traffic'>): { readonly stable: Arm; readonly candidate: Arm } | undefined {
  const arm = (service: string | undefined): Arm | undefined => {
    const entry = traffic?.weights.find((one) => one.service === service);
    return entry && { service: entry.service, metricsService: entry.metricsService };
  };
  const [stable, candidate] = [arm(rollout.stableService), arm(rollout.candidateService)];
  return stable && candidate ? { stable, candidate } : undefined;
}

/** Every query that can be tried already, whatever other checks fail. */
export function trials(
  spec: ReleaseSpec,
  facts: Pick<Facts, 'rollout' | 'traffic' | 'templates' | 'matchers'>,
): readonly Trial[] {
  const arms = armsOf(facts);
  if (!arms) return [];
  const values: ArgumentValues = argumentsOf(
    spec.target,
    { ...arms, stableHash: facts.rollout.stableHash, ...(facts.matchers && { matchers: facts.matchers }) },
    NO_HASH_YET,
    0,
  );
  const { templates } = checkTemplates(facts.templates ?? [], values, Infinity);
  return trialsOf(spec.analysis.metrics ?? [], templates, values);
}

/** Checks of the sources of a verdict: Prometheus' clock, Traefik's counters, and every query of the release file. */
export function sourceChecks({ analysis }: ReleaseSpec, { sources }: Facts): readonly Check[] {
  if (!sources) return [];
  const { aheadMs, counters, tried } = sources;
  const unknown = counters && unknownFinding(counters.stable, analysis);
  const scrapes = counters && scrapesFinding(counters.stable, analysis);
  return [
    ...(aheadMs === undefined ? [] : [toCheck('clock', clockFinding(aheadMs))]),
    ...(counters
      ? [
          toCheck('query requests', requestsFinding(counters.stable, counters.candidate)),
          toCheck('query durations', durationsFinding(counters.stable, analysis)),
        ]
      : []),
    ...(unknown ? [toCheck('query outcomes', unknown)] : []),
    ...(scrapes ? [toCheck('scrapes', scrapes)] : []),
    ...tried.map((one) => toCheck(`query ${one.name}`, findingOf(one))),
  ];
}

/** A check that holds and has `next` is a warning. */
export function toCheck(name: string, { state, detail, next }: Finding): Check {
  return { name, ok: state !== 'bad', detail, ...(next === undefined ? {} : { next }) };
}
