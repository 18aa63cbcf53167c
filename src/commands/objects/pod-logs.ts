import { metaOf, recordsAt, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { LogQuery } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../command.ts';
import { kindIn } from './located.ts';

export interface AskedLogs extends Pick<LogQuery, 'cluster' | 'namespace' | 'previous' | 'tailLines' | 'sinceSeconds'> {
  readonly name?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly container?: string | undefined;
  readonly maxPods: number;
  /** Only lines with this text. */
  readonly contains?: string | undefined;
  readonly maxBytes: number;
}

export interface PodLog {
  readonly pod: string;
  readonly container: string;
  readonly text: string;
  readonly cut: boolean;
  readonly problem?: string | undefined;
}

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';
/** The API server sends at most this much of each log. It cuts the end, so the limit is far above that of an answer. */
const READ_BYTES = 1_000_000;
const SMALLEST = 200;

/**
 * Errors: OBJECT_NOT_FOUND, INVALID_INPUT (no such container). With several pods, a failure is a `problem` of its pod.
 */
export async function logsOf(
  context: CommandContext,
  asked: AskedLogs,
): Promise<{ readonly logs: readonly PodLog[]; readonly leftOut: readonly string[] }> {
  return eachPod(context, asked, async (place, share) => {
    const text = await context.ports.clusterObjects.log({ ...asked, ...place, limitBytes: READ_BYTES });
    return { ...place, ...lastBytes(maskSecrets(cleanText(matching(text, asked.contains), READ_BYTES)), share) };
  });
}

/** A container whose log is read. */
export interface LogPlace {
  readonly pod: string;
  readonly container: string;
}

/** Reads the logs of the pods that a call means. `share`: the bytes of the answer for each. Errors: as `logsOf`. */
export async function eachPod(
  context: CommandContext,
  asked: AskedLogs,
  read: (place: LogPlace, share: number, pods: number) => Promise<PodLog>,
): Promise<{ readonly logs: readonly PodLog[]; readonly leftOut: readonly string[] }> {
  const pods = await podsOf(context, asked);
  const places = pods
    .slice(0, asked.maxPods)
    .map((pod) => ({ pod: metaOf(pod).name, container: containerOf(pod, asked.container) }));
  const share = Math.max(SMALLEST, Math.floor(asked.maxBytes / Math.max(1, places.length)));
  const logs = await Promise.all(
    places.map((place) =>
      read(place, share, places.length).catch((error: unknown) => {
        if (asked.name !== undefined || !(error instanceof SluiceError)) throw error;
        return { ...place, text: '', cut: false, problem: error.message };
      }),
    ),
  );
  return { logs, leftOut: pods.slice(asked.maxPods).map((pod) => metaOf(pod).name) };
}

function matching(text: string, wanted: string | undefined): string {
  if (wanted === undefined) return text;
  const lines = text.split('\n').filter((line) => line.includes(wanted));
  return lines.length > 0 ? `${lines.join('\n')}\n` : '';
}

async function podsOf(
  context: CommandContext,
  { cluster, namespace, name, labelSelector }: AskedLogs,
): Promise<readonly ApiObject[]> {
  const kind = await kindIn(context, cluster, 'pods.v1');
  const port = context.ports.clusterObjects;
  if (name !== undefined) return [await port.read({ cluster, kind, namespace, name })];
  return (await port.page({ cluster, kind, namespace }, { limit: 100, labelSelector })).items;
}

/** Errors: INVALID_INPUT. */
export function containerOf(pod: ApiObject, asked: string | undefined): string {
  const { name, annotations = {} } = metaOf(pod);
  const main = recordsAt(pod, 'spec', 'containers').flatMap((one) => textAt(one, 'name') ?? []);
  const others = ['initContainers', 'ephemeralContainers'].flatMap((list) =>
    recordsAt(pod, 'spec', list).flatMap((one) => textAt(one, 'name') ?? []),
  );
  const wanted = asked ?? annotations[DEFAULT_CONTAINER] ?? (main.length === 1 ? main[0] : undefined);
  if (wanted !== undefined && [...main, ...others].includes(wanted)) return wanted;
  const why = wanted === undefined ? 'has several containers, and none was named' : `has no container ${wanted}`;
  throw new SluiceError('INVALID_INPUT', `container: pod ${name} ${why}.`, {
    next: `Name one of ${[...main, ...others].join(', ')}.`,
  });
}

/** The end of a text, from the beginning of a line. */
export function lastBytes(text: string, max: number): { readonly text: string; readonly cut: boolean } {
  const bytes = Buffer.from(text);
  if (bytes.length <= max) return { text, cut: false };
  const end = bytes.subarray(bytes.length - max).toString();
  const line = end.indexOf('\n');
  return { text: line >= 0 && line < end.length - 1 ? end.slice(line + 1) : end, cut: true };
}
