import { z } from 'zod';
import { ARGO_STRATEGIES, argoStrategy, WEIGHTED } from '../../domain/argo-strategies.ts';
import { parse } from '../../contract/parse.ts';
import { rolloutStatus } from '../../contract/rollout-status.ts';
import { rolloutFields } from '../../contract/place.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { RolloutDetail } from '../../ports/rollout-objects.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { versionTree } from '../../commands/version-tree.ts';
import { nextStep } from './next-step.ts';
import { targetOf, toSnapshot } from './rollout-answer.ts';

const input = z.strictObject(rolloutFields);
type Status = z.output<typeof rolloutStatus>;

export const argoGetRolloutStatus: Command<typeof input, typeof rolloutStatus> = {
  name: 'argo_get_rollout_status',
  title: 'Status of a Rollout',
  description:
    'One Rollout, always read live: phase and why, steps, revisions with their pods, Services, written weights, analysis, owner, and what to do next.',
  kind: 'read',
  idempotent: true,
  toolset: 'argo',
  input,
  output: rolloutStatus,
  examples: [{ title: 'How is web doing?', input: { namespace: 'shop', name: 'web' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, where) {
    const { rolloutObjects } = context.ports;
    const target = await targetOf(context, where);
    const [[detail, route], versions] = await Promise.all([
      rolloutObjects.read(target).then(async (read) => [read, await routeOf(context, read)] as const),
      rolloutObjects.versions(target),
    ]);
    return { ...toStatus(detail, route), versions: versionTree(versions) };
  },
  text: (status) => lines(status).join('\n'),
};

function toStatus(detail: RolloutDetail, route: Status['route']): Omit<Status, 'versions'> {
  const { desired, updated, available } = detail.replicas;
  return {
    ...toSnapshot(detail),
    next: nextStep(detail),
    observed: detail.observed,
    replicas: { desired, total: detail.pods.total, updated, ready: detail.pods.ready, available },
    plan: detail.stepTexts.map((text, index) => (index === detail.stepIndex ? `→ ${text}` : text)),
    ...(detail.pausedSince ? { paused_since: detail.pausedSince } : {}),
    services: services(detail),
    ...(route ? { route } : {}),
    analysis: [...detail.analysis],
    conditions: [...detail.conditions],
    ...(detail.workload ? { workload: `${detail.workload.kind} ${detail.workload.name}` } : {}),
  };
}

function services(detail: RolloutDetail): Status['services'] {
  const roles = argoStrategy(detail).services ?? ARGO_STRATEGIES[WEIGHTED].services;
  const version = (hash: string) =>
    !hash ? 'none' : hash === detail.stableHash ? 'stable' : hash === detail.podHash ? 'new' : 'other';
  const row = (name: string | undefined, role: string, hash = '') =>
    name ? [{ name: cleanText(name), role, hash: cleanText(hash), version: version(hash) } as const] : [];
  return [
    ...row(detail.stableService, roles[0], detail.stableSelector),
    ...row(detail.candidateService, roles[1], detail.candidateSelector),
  ];
}

/** A Rollout whose weights Argo does not write names no TraefikService. By convention it has the Rollout's name. */
async function routeOf(context: CommandContext, detail: RolloutDetail): Promise<Status['route']> {
  const { cluster, namespace, rollout } = detail.target;
  const name = detail.traefikService ?? (argoStrategy(detail).stepped ? undefined : rollout);
  if (!name) return undefined;
  try {
    const { weights, owner } = await context.ports.split.read({ cluster, namespace, name });
    const mine = weights.some(({ service }) => service === detail.stableService);
    if (!mine && !detail.traefikService) return undefined;
    const written = Object.fromEntries(weights.map(({ service, weight }) => [cleanText(service), weight]));
    return {
      traefik_service: name,
      weights: written,
      ...(owner ? { owner: owner.releaseId } : {}),
      ...(mine ? {} : { problem: `it has no entry for ${detail.stableService ?? 'the stable Service'}` }),
    };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code === 'CLUSTER_UNREACHABLE') throw error;
    return detail.traefikService
      ? { traefik_service: name, weights: {}, problem: cleanText(error.message) }
      : undefined;
  }
}

function lines(status: Status): string[] {
  const { replicas } = status;
  const images = Object.entries(status.images).map(([name, image]) => `${name} ${image}`);
  return [
    `${status.namespace}/${status.name} (${status.strategy}): ${status.phase}${status.message ? `, ${status.message}` : ''}`,
    `images: ${images.join(', ') || 'not known'}; pods: ${replicas.available} of ${replicas.desired} available, ${replicas.updated} of the new version`,
    ...status.versions,
    ...(status.plan.length > 0 ? [`steps: ${status.plan.join(' · ')}`] : []),
    ...status.services.map(
      ({ name, role, hash, version }) => `${role} Service ${name} selects ${hash || 'no version'} (${version})`,
    ),
    ...(status.route ? [`TraefikService ${status.route.traefik_service}: ${weightsText(status.route)}`] : []),
    ...status.analysis.map(
      ({ run, role, status: state, message }) => `${role} analysis ${run}: ${state}${message ? `, ${message}` : ''}`,
    ),
    status.next,
  ];
}

const weightsText = ({ weights, problem }: NonNullable<Status['route']>): string =>
  problem ??
  Object.entries(weights)
    .map(([service, weight]) => `${service} ${weight}`)
    .join(', ');
