import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { ContainerAt, ExecStreams } from '../../ports/pod-streams.ts';
import { V4, V5, type Channels } from '../kubernetes/channels.ts';
import type { ClusterClient } from '../kubernetes/cluster-client.ts';
import { unreachable } from '../kubernetes/failure.ts';
import { apiPath, POD } from '../kubernetes/kinds.ts';
import { plainLine } from '../kubernetes/text.ts';
import { opened } from './opened.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const PART = 512 * 1024;

/** What the API server sends last on the channel for errors. Source: k8s.io/client-go, tools/remotecommand/v4.go. */
const End = z.object({
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z
    .object({ causes: z.array(z.object({ reason: z.string().optional(), message: z.string().optional() })).optional() })
    .optional(),
});

interface Run {
  readonly command: readonly string[];
  readonly streams: ExecStreams;
  readonly signal: AbortSignal;
}

export async function exec(
  client: ClusterClient,
  { namespace, pod, container }: ContainerAt,
  { command, streams, signal }: Run,
): Promise<{ readonly exitCode: number }> {
  const what = `run a command in ${namespace}/${pod}, container ${container}`;
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true' });
  if (streams.stdin) query.set('stdin', 'true');
  for (const word of command) query.append('command', word);
  const path = `${apiPath(POD, namespace, pod)}/exec?${query.toString()}`;
  const channels = await opened(client, what, path, { protocols: [V5, V4], signal });
  try {
    const sent = streams.stdin ? feed(channels, streams.stdin) : Promise.resolve();
    const end = await read(channels, streams);
    await sent;
    return { exitCode: exitCodeOf(end, client.cluster, what) };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw cause instanceof SluiceError ? cause : unreachable(cause, client.cluster, what, 0);
  } finally {
    channels.close();
  }
}

/** A command may end without having read its input. */
async function feed(channels: Channels, bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length; at += PART) await channels.send(STDIN, bytes.subarray(at, at + PART));
    await channels.end(STDIN);
  } catch {
    // The status of the command, or the end of the connection, tells what happened.
  }
}

async function read(channels: Channels, streams: ExecStreams): Promise<string> {
  let end = '';
  for await (const { channel, data } of channels.messages) {
    if (channel === STDOUT) streams.stdout(data);
    if (channel === STDERR) streams.stderr(data);
    if (channel === ERROR) end += data.toString();
  }
  return end;
}

function exitCodeOf(text: string, cluster: string, what: string): number {
  const { data: end } = End.safeParse(json(text));
  if (end?.status === 'Success') return 0;
  const code = end?.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (end?.reason === 'NonZeroExitCode' && code !== undefined && /^\d{1,10}$/.test(code)) return Number(code);
  if (end)
    throw new SluiceError(
      'NOT_APPLICABLE',
      `Cluster "${cluster}" could not ${what}: ${plainLine(end.message ?? '', 600)}`,
      {
        next: 'Call k8s_describe for the pod, and check the command: it is started without a shell.',
      },
    );
  throw new Error('the connection ended before the command did');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
