import { z } from 'zod';
import { anyObjectName } from '../../contract/cluster-object.ts';
import { placeFields } from '../../contract/place.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { CommandContext } from '../../commands/command.ts';
import { requireNamespace } from '../../commands/access.ts';
import { clusterOf, kindIn } from '../../commands/objects/located.ts';
import { containerOf } from '../../commands/objects/pod-logs.ts';
import { requireRight } from '../../commands/objects/required-right.ts';
import type { ContainerAt } from '../../ports/pod-streams.ts';

export const containerFields = {
  ...placeFields,
  name: anyObjectName.describe('Name of the pod.'),
  container: anyObjectName.optional().describe('Needed if the pod has several and no default.'),
};

export const secondsField = z.int().min(1).max(300).optional().describe('Ends the call after this time. Default 30.');
const SECONDS = 30;

interface Asked {
  readonly cluster?: string | undefined;
  readonly namespace: string;
  readonly name: string;
  readonly container?: string | undefined;
}

/**
 * The container that a call means, after the rights were asked for. Errors: FORBIDDEN, NAMESPACE_NOT_ALLOWED,
 * OBJECT_NOT_FOUND, INVALID_INPUT (no such container).
 */
export async function containerAt(context: CommandContext, asked: Asked): Promise<ContainerAt> {
  const { cluster, namespace, pod, object } = await podAt(context, asked, 'exec');
  return { cluster, namespace, pod, container: containerOf(object, asked.container) };
}

/** As `containerAt`, for a subresource of the pod. A WebSocket is a GET, which newer API servers count as create. */
export async function podAt(context: CommandContext, asked: Asked, subresource: 'exec' | 'portforward') {
  const { namespace, name } = asked;
  requireNamespace(namespace, context.settings);
  const cluster = await clusterOf(context, asked.cluster);
  const kind = await kindIn(context, cluster, 'pods.v1');
  for (const verb of ['get', 'create']) await requireRight(context, { cluster, kind, namespace, verb, subresource });
  const object = await context.ports.clusterObjects.read({ cluster, kind, namespace, name });
  return { cluster, namespace, pod: name, object };
}

/** Runs `work` with a signal that is aborted after the time or with the caller. Errors: NOT_APPLICABLE for the time. */
export async function within<T>(
  context: CommandContext,
  seconds: number | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const limit = seconds ?? SECONDS;
  const timer = setTimeout(() => late.abort(), limit * 1000);
  try {
    return await work(AbortSignal.any([context.signal, late.signal]));
  } catch (error) {
    if (late.signal.aborted) throw ended(`after ${limit} s`);
    if (context.signal.aborted) throw ended('by its caller');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function ended(how: string): SluiceError {
  return new SluiceError(
    'NOT_APPLICABLE',
    `The connection was ended ${how}. The command may still run in the container.`,
    {
      next: 'Raise timeout_seconds, or give the command a limit of its own.',
    },
  );
}
