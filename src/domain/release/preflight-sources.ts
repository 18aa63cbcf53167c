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
import { armNames } from '../route/arm-names.ts';
import type { Arm, Check, ReleaseSpec } from './plan.ts';
import type { Facts } from './preflight-facts.ts';

/** Both arms with their names in Traefik's counters. Undefined while one of them is not known. */
export function armsOf({
  rollout,
  traffic,
}: Pick<Facts, 'rollout' | 'traffic'>): { readonly stable: Arm; readonly candidate: Arm } | undefined {
  const names = armNames(rollout);
  const arm = (service: string): Arm | undefined => {
    const entry = traffic?.weights.find((one) => one.service === service);
    return entry && { service: entry.service, metricsService: entry.metricsService };
  };
  const [stable, candidate] = [arm(names.stable), arm(names.candidate)];
  return stable && candidate ? { stable, candidate } : undefined;
}

/** Every query that can be tried already, whatever other checks fail. */
export function trials(
  spec: ReleaseSpec,
  facts: Pick<Facts, 'rollout' | 'traffic' | 'templates' | 'matchers'>,
): readonly Trial[] {
  const values = trialArguments(spec, facts);
  if (!armsOf(facts)) return [];
  const { templates } = checkTemplates(facts.templates ?? [], values, Infinity);
  return trialsOf(spec.analysis.metrics ?? [], templates, values);
}

/** The values with which queries are tried. Before the new pods exist their hash is a placeholder. */
export function trialArguments(
  { target }: Pick<ReleaseSpec, 'target'>,
  facts: Pick<Facts, 'rollout' | 'traffic' | 'matchers'>,
): ArgumentValues {
  const { stable, candidate } = armNames(facts.rollout);
  const arms = armsOf(facts) ?? { stable: nameless(stable), candidate: nameless(candidate) };
  const { rollout, matchers } = facts;
  return argumentsOf(
    target,
    { ...arms, stableHash: rollout.stableHash, ...(matchers && { matchers }) },
    NO_HASH_YET,
    0,
  );
}

function nameless(service: string): Arm {
  return { service, metricsService: '' };
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
