import { z } from 'zod';
import type { CommandContext } from '../../commands/command.ts';
import { compact } from '../../contract/release-view.ts';
import { podsText } from '../../domain/pods.ts';
import { kindsOf } from '../../domain/release/plan.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { ToolPorts } from '../../ports/index.ts';
import { versionTree } from '../../commands/version-tree.ts';

const LIMIT_MS = 3000;

export const live = z
  .strictObject({
    phase: z.string().optional(),
    message: z.string().optional(),
    rollout_weight: z.number().optional(),
    traefik: z.array(
      z.strictObject({ replica: z.string(), weight: z.number().optional(), error: z.string().optional() }),
    ),
    pods: z.string().optional(),
    tree: z.array(z.string()).optional(),
    replicas: z.strictObject({ desired: z.number(), updated: z.number(), available: z.number() }).optional(),
    problem: z.string().optional(),
  })
  .describe('Read just now.');
export type Live = z.output<typeof live>;

type LivePorts = Pick<ToolPorts, 'workload' | 'split' | 'rolloutObjects'>;

const safe = (text: string): string => maskSecrets(cleanText(text));

/**
 * The current state of the target. Never throws, so that a release can be read while its cluster is unreachable.
 * `full`: with the tree of revisions and pods.
 */
export async function readLive(
  { ports, worlds }: Pick<CommandContext, 'ports' | 'worlds'>,
  view: ReleaseView,
  full: boolean,
): Promise<Live> {
  const kinds = kindsOf(view.spec);
  if (Object.keys(kinds).length === 0) return read(ports, view, full);
  try {
    const { target, clusterUid } = view.spec;
    const world = await bounded(worlds.of(target.cluster, clusterUid, kinds));
    if (view.plan?.controllerOnly) return await read({ ...ports, ...world }, view, full);
    // Without a cluster there are no pods and no phase.
    const { traefik, problem } = await read({ ...ports, ...world }, view, false);
    return compact({ traefik, problem });
  } catch (error) {
    return { traefik: [], problem: safe(error instanceof Error ? error.message : String(error)) };
  }
}

async function read(ports: LivePorts, view: ReleaseView, full: boolean): Promise<Live> {
  const { target } = view.spec;
  const [rollout, traefik, versions] = await Promise.allSettled([
    bounded(ports.workload.read(target)),
    bounded(inForce(ports, view)),
    full ? bounded(ports.rolloutObjects.versions(target)) : undefined,
  ]);
  const seen = rollout.status === 'fulfilled' ? rollout.value : undefined;
  const pods = seen && (await podsOfNew(ports, view, seen));
  const tree = seen && versions.status === 'fulfilled' && versions.value ? versionTree(versions.value) : undefined;
  const failed = [rollout, traefik].find((read) => read.status === 'rejected');
  return compact({
    phase: seen?.phase,
    message: seen?.message ? safe(seen.message) : undefined,
    rollout_weight: seen?.canaryWeight,
    pods: pods === undefined ? undefined : safe(pods),
    tree,
    traefik: traefik.status === 'fulfilled' ? traefik.value : [],
    replicas: seen && { ...seen.replicas },
    problem: failed && safe(failed.reason instanceof Error ? failed.reason.message : String(failed.reason)),
  });
}

/** The state of the new version's pods. Undefined if there is no new version, or if its pods cannot be read in time. */
async function podsOfNew(ports: LivePorts, { spec }: ReleaseView, seen: RolloutState): Promise<string | undefined> {
  if (seen.podHash === '' || seen.podHash === seen.stableHash) return undefined;
  return bounded(ports.workload.pods(spec.target, seen.podHash)).then(podsText, () => undefined);
}

async function inForce(ports: LivePorts, { spec, plan }: ReleaseView): Promise<Live['traefik']> {
  if (!plan) return [];
  const { cluster, namespace } = spec.target;
  const seen = await ports.split.inForce(
    { cluster, namespace, name: plan.traefikService },
    { stable: plan.stable.service, candidate: plan.candidate.service },
  );
  return seen.map((one) =>
    compact({
      replica: safe(one.replica),
      weight: one.candidate,
      error: one.error === undefined ? undefined : safe(one.error),
    }),
  );
}

function bounded<T>(read: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>(
    (_, reject) => (timer = setTimeout(() => reject(new Error(`no answer within ${LIMIT_MS / 1000} s`)), LIMIT_MS)),
  );
  return Promise.race([read, limit]).finally(() => clearTimeout(timer));
}
