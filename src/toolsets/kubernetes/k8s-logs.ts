import { z } from 'zod';
import { anyObjectName, DEFAULT_BYTES, labelSelector, maxBytes } from '../../contract/cluster-object.ts';
import { duration, toMs } from '../../contract/duration.ts';
import { invalidInput, parse } from '../../contract/parse.ts';
import { placeFields } from '../../contract/place.ts';
import type { Command } from '../../commands/command.ts';
import { clusterOf } from '../../commands/objects/located.ts';
import { FOLLOW_ENDS, followedLogs, STREAM_BYTES, type FollowEnd } from '../../commands/objects/followed-logs.ts';
import { logsOf, type PodLog } from '../../commands/objects/pod-logs.ts';

const input = z.strictObject({
  ...placeFields,
  name: anyObjectName.optional().describe('Name of the pod. Or give label_selector.'),
  label_selector: labelSelector,
  container: anyObjectName.optional().describe('Only this container. Needed if a pod has several and no default.'),
  previous: z.boolean().optional().describe('The container before its last restart.'),
  since: duration.optional().describe('Only lines of this time until now, as in 10m.'),
  tail_lines: z.int().min(1).max(5000).optional().describe('Last lines of each container. Default 100.'),
  max_pods: z.int().min(1).max(20).optional().describe('Maximum number of pods of a selector. Default 5.'),
  follow: z.boolean().optional().describe('Report new lines as progress, as they are written.'),
  follow_seconds: z
    .int()
    .min(1)
    .max(3600)
    .optional()
    .describe('For at most this time. Default 25; in a terminal 3600.'),
  max_bytes: maxBytes,
});
const output = z.strictObject({
  logs: z.array(
    z.strictObject({
      pod: z.string(),
      container: z.string(),
      text: z.string().describe('Empty: the container has written nothing.'),
      cut: z.boolean().describe('True: earlier lines did not fit.'),
      problem: z.string().optional().describe('Why this log could not be read.'),
    }),
  ),
  left_out: z.array(z.string()).describe('Pods that match and were not read.'),
  ended: z.enum(FOLLOW_ENDS).optional().describe('Why following ended. logs: the containers have ended.'),
});
type Output = z.output<typeof output>;

const FOLLOW_SECONDS = 25;
const AT_A_TERMINAL_SECONDS = 3600;

export const k8sLogs: Command<typeof input, typeof output> = {
  name: 'k8s_logs',
  title: 'Logs of pods',
  description:
    'The last lines of one pod, or of the pods with a label, by time, number of lines and size, or new lines as they are written. Texts that look like a credential are masked.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  input,
  output,
  examples: [
    { title: 'One pod', input: { namespace: 'shop', name: 'web-1', since: '10m' } },
    {
      title: 'Before the last restart, of all pods of web',
      input: { namespace: 'shop', label_selector: 'app=web', previous: true },
    },
  ],
  check(raw) {
    const given = parse(input, raw ?? {});
    if ((given.name === undefined) === (given.label_selector === undefined))
      throw invalidInput([{ path: 'name', message: 'give either name or label_selector' }]);
    if (given.follow && given.previous)
      throw invalidInput([{ path: 'follow', message: 'the log of a container before its restart has ended' }]);
    if (!given.follow && given.follow_seconds !== undefined)
      throw invalidInput([{ path: 'follow_seconds', message: 'needs follow' }]);
    return given;
  },
  async run(context, asked) {
    const cluster = await clusterOf(context, asked.cluster);
    const query = {
      cluster,
      namespace: asked.namespace,
      name: asked.name,
      labelSelector: asked.label_selector,
      container: asked.container,
      previous: asked.previous ?? false,
      tailLines: asked.tail_lines ?? 100,
      maxPods: asked.max_pods ?? 5,
      maxBytes: asked.max_bytes ?? DEFAULT_BYTES,
      sinceSeconds: asked.since === undefined ? undefined : Math.max(1, Math.ceil(toMs(asked.since) / 1000)),
    };
    if (!asked.follow) {
      const { logs, leftOut } = await logsOf(context, query);
      return { logs: [...logs], left_out: [...leftOut] };
    }
    const usual = context.lines ? AT_A_TERMINAL_SECONDS : FOLLOW_SECONDS;
    const { logs, leftOut, ended } = await followedLogs(context, query, asked.follow_seconds ?? usual);
    return { logs: [...logs], left_out: [...leftOut], ended };
  },
  text: (found) => [...found.logs.flatMap(logLines), ...restLines(found)].join('\n'),
  ending: (found) =>
    [
      ...found.logs.flatMap(({ pod, problem }) => (problem === undefined ? [] : [`${pod}: ${problem}`])),
      ...restLines(found),
    ].join('\n'),
};

const ENDINGS: Readonly<Record<FollowEnd, string>> = {
  time: 'The time is over; the logs may go on.',
  bytes: `More than ${STREAM_BYTES / 1_000_000} MB were sent; the logs may go on.`,
  interrupted: 'Following was ended by its caller.',
  logs: 'The logs have ended.',
};

function restLines({ logs, left_out: leftOut, ended }: Output): readonly string[] {
  return [
    ...(logs.length === 0 ? ['No pod matches.'] : []),
    ...(leftOut.length > 0 ? [`Not read: ${leftOut.join(', ')}. Raise max_pods.`] : []),
    ...(ended === undefined ? [] : [ENDINGS[ended]]),
  ];
}

function logLines({ pod, container, text, cut, problem }: PodLog): readonly string[] {
  const head = `== ${pod}, ${container}${cut ? ' (earlier lines did not fit)' : ''}`;
  return [head, problem ?? (text === '' ? '(no lines)' : text.trimEnd())];
}
