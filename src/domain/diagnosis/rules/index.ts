import type { Family, Rule } from '../rule.ts';
import { autoscaling } from './autoscaling.ts';
import { configuration } from './configuration.ts';
import { crashes } from './crashes.ts';
import { creation } from './creation.ts';
import { deletion } from './deletion.ts';
import { disruption } from './disruption.ts';
import { fluxDependencies } from './flux-dependencies.ts';
import { fluxKustomizations } from './flux-kustomizations.ts';
import { fluxSources } from './flux-sources.ts';
import { helmReleases } from './helm-releases.ts';
import { images } from './images.ts';
import { jobs } from './jobs.ts';
import { nodes } from './nodes.ts';
import { owners } from './owners.ts';
import { probes } from './probes.ts';
import { rollouts } from './rollouts.ts';
import { routes } from './routes.ts';
import { scheduling } from './scheduling.ts';
import { services } from './services.ts';
import { volumes } from './volumes.ts';
import { workloads } from './workloads.ts';

/** Every family of rules. Causes that are found at the same object are ranked in this order. */
export const FAMILIES: readonly Family[] = [
  ...[nodes, images, configuration, volumes, scheduling, creation, crashes, probes],
  ...[jobs, workloads, rollouts, services, routes, autoscaling, disruption],
  ...[fluxSources, fluxKustomizations, fluxDependencies, helmReleases, owners, deletion],
];

/** Every rule once, with the families that have it. */
export function allRules(): readonly { readonly family: Family; readonly rule: Rule }[] {
  return FAMILIES.flatMap((family) => family.rules.map((rule) => ({ family, rule })));
}
