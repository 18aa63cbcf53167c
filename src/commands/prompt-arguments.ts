import { z } from 'zod';
import { contextName, dnsName } from '../contract/target.ts';
import { allowedReleases } from './allowed-releases.ts';
import { completeRollout } from './known-rollouts.ts';
import type { PromptArgument } from './prompt.ts';

type Complete = NonNullable<PromptArgument['complete']>;

const clusters: Complete = (scope) => completeRollout(scope, 'cluster', {});
const namespaces: Complete = (scope, given) => completeRollout(scope, 'namespace', given);
const names: Complete = (scope, given) => completeRollout(scope, 'name', given);

export const cluster: PromptArgument = {
  name: 'cluster',
  description: 'Kubeconfig context. Default: the current one.',
  required: false,
  schema: contextName.optional(),
  complete: clusters,
};
export const namespace: PromptArgument = {
  name: 'namespace',
  description: 'Namespace.',
  required: true,
  schema: dnsName,
  complete: namespaces,
};
export const rollout: PromptArgument = {
  name: 'name',
  description: 'Name of the Rollout.',
  required: true,
  schema: dnsName,
  complete: names,
};
/** By convention a weighted route has the name of its Rollout. */
export const route: PromptArgument = {
  name: 'route_name',
  description: 'Name of the weighted TraefikService.',
  required: true,
  schema: dnsName,
  complete: names,
};

/** A whole number as text, because prompts have text arguments only. */
export function numberText(least: number, most: number): z.ZodType<string | undefined> {
  const fits = (text: string): boolean => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most;
  return z.string().refine(fits, `must be a whole number from ${least} to ${most}`).optional();
}

export function optional(
  name: string,
  description: string,
  schema: PromptArgument['schema'],
  complete?: Complete,
): PromptArgument {
  return { name, description, required: false, schema, ...(complete ? { complete } : {}) };
}

/** Images that releases have used, newest first. */
export const images: Complete = async (scope) => [
  ...new Set(
    (await allowedReleases(scope.settings, { limit: 100 }, (filter) => scope.gateway.list(filter))).map(
      ({ version }) => version,
    ),
  ),
];
