import { z } from 'zod';
import { anyObjectName } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { placeFields } from '../../contract/place.ts';
import { plural } from '../../domain/plural.ts';
import type { Command } from '../../commands/command.ts';
import { podAt } from './into-pod.ts';
import { EXEC } from './settings.ts';

const port = z.int().min(1).max(65_535);
const input = z.strictObject({
  ...placeFields,
  name: anyObjectName.describe('Name of the pod.'),
  port: port.describe('Port of the pod.'),
  local_port: z.int().min(0).max(65_535).optional().describe('Port on 127.0.0.1. Default: a free one.'),
});
const output = z.strictObject({ pod: z.string(), port: z.number(), connections: z.number() });

/** A command of the terminal only: it lasts until it is interrupted. */
export const k8sPortForward: Command<typeof input, typeof output> = {
  name: 'k8s_port_forward',
  title: 'Reach a port of a pod on 127.0.0.1',
  description:
    'Accepts connections on 127.0.0.1 and joins each with a port of a pod, until it is interrupted. Other machines cannot use it.',
  kind: 'write',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  onlyWith: EXEC,
  input,
  output,
  examples: [{ title: 'Port 8080 of web-1', input: { namespace: 'shop', name: 'web-1', port: 8080 } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, asked) {
    const { cluster, namespace, pod } = await podAt(context, asked, 'portforward');
    const say = (text: string): void => void (context.lines ?? context.progress)(text);
    const { connections } = await context.ports.podStreams.forward(
      { cluster, namespace, pod, port: asked.port, localPort: asked.local_port ?? 0 },
      {
        listening: (local) => say(`127.0.0.1:${local} is port ${asked.port} of ${namespace}/${pod}. Ctrl-C ends it.`),
        failed: (reason) => say(reason),
      },
      context.signal,
    );
    return { pod, port: asked.port, connections };
  },
  text: ({ pod, port: number, connections }) => `${plural(connections, 'connection')} to port ${number} of ${pod}.`,
  ending: ({ pod, port: number, connections }) => `${plural(connections, 'connection')} to port ${number} of ${pod}.`,
};
