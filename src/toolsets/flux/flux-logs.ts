import { z } from 'zod';
import { anyObjectName, DEFAULT_BYTES, maxBytes } from '../../contract/cluster-object.ts';
import { duration, toMs } from '../../contract/duration.ts';
import { parse } from '../../contract/parse.ts';
import { placeFields } from '../../contract/place.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Command } from '../../commands/command.ts';
import { clusterOf } from '../../commands/objects/located.ts';
import { logsOf, type PodLog } from '../../commands/objects/pod-logs.ts';

const CONTROLLER = /^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/;
const input = z.strictObject({
  ...placeFields,
  namespace: placeFields.namespace.describe('Namespace of the controller, usually flux-system.'),
  controller: z
    .string()
    .regex(CONTROLLER, 'must be the name of a controller, as in kustomize-controller')
    .describe('As in kustomize-controller.'),
  about: anyObjectName.optional().describe('Only lines that contain this name of an object.'),
  previous: z.boolean().optional().describe('The container before its last restart.'),
  since: duration.optional().describe('Only lines of this time until now, as in 10m.'),
  tail_lines: z.int().min(1).max(5000).optional().describe('Last lines that are read. Default 200.'),
  max_bytes: maxBytes,
});
const output = z.strictObject({
  logs: z.array(
    z.strictObject({
      pod: z.string(),
      text: z.string().describe('Empty: no line matches.'),
      cut: z.boolean().describe('True: earlier lines did not fit.'),
      problem: z.string().optional().describe('Why this log could not be read.'),
    }),
  ),
});

export const fluxLogs: Command<typeof input, typeof output> = {
  name: 'flux_logs',
  title: "Logs of Flux's controllers",
  description:
    'The last lines of the pods of one controller of Flux, optionally only those that name an object. Texts that look like a credential are masked.',
  kind: 'read',
  idempotent: true,
  toolset: 'flux',
  positional: ['controller'],
  input,
  output,
  examples: [
    {
      title: 'What kustomize-controller says of apps',
      input: { namespace: 'shop', controller: 'kustomize-controller', about: 'apps' },
    },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { controller, about, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const { logs } = await logsOf(context, {
      cluster,
      namespace: asked.namespace,
      labelSelector: `app=${controller}`,
      container: undefined,
      previous: asked.previous ?? false,
      tailLines: asked.tail_lines ?? 200,
      maxPods: 3,
      maxBytes: asked.max_bytes ?? DEFAULT_BYTES,
      sinceSeconds: asked.since === undefined ? undefined : Math.max(1, Math.ceil(toMs(asked.since) / 1000)),
      contains: about,
    });
    if (logs.length === 0) throw withoutPods(controller, asked.namespace);
    return {
      logs: logs.map(({ pod, text, cut, problem }) => ({ pod, text, cut, ...(problem !== undefined && { problem }) })),
    };
  },
  text: ({ logs }) => logs.flatMap(logLines).join('\n'),
};

function withoutPods(controller: string, namespace: string): SluiceError {
  return new SluiceError('OBJECT_NOT_FOUND', `${namespace} has no pod with the label app=${controller}.`, {
    next: 'Name the namespace in which Flux runs. A controller outside of the cluster has no log there: flux_events has what it reported.',
  });
}

function logLines({ pod, text, cut, problem }: Pick<PodLog, 'pod' | 'text' | 'cut' | 'problem'>): readonly string[] {
  return [
    `== ${pod}${cut ? ' (earlier lines did not fit)' : ''}`,
    problem ?? (text === '' ? '(no line matches)' : text.trimEnd()),
  ];
}
