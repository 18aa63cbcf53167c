import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type WebSocket from 'ws';

/** What the fake does with a command. */
export interface KubeletCommand {
  readonly words: readonly string[];
  /** The bytes on standard input, when it has ended. */
  readonly stdin: Promise<Buffer>;
  write(channel: 1 | 2, data: Buffer | string): void;
  /** Ends with an exit code, or with the text of a failure to start. */
  end(result: number | string): void;
  /** Breaks the connection. */
  break(): void;
}

export interface FakeKubelet {
  readonly url: string;
  readonly requests: string[];
  close(): Promise<void>;
}

interface Options {
  /** The newest protocol that it speaks. */
  readonly protocol?: 'v4' | 'v5';
  readonly run?: (command: KubeletCommand) => void | Promise<void>;
  /** Answers the bytes that come to a port of a pod. Undefined: nothing listens there. */
  readonly port?: (data: Buffer) => Buffer | undefined;
}

/** The WebSockets of an API server with a kubelet behind it: exec and port-forward, in the protocols v4 and v5. */
export async function startFakeKubelet({ protocol = 'v5', run, port }: Options): Promise<FakeKubelet> {
  const requests: string[] = [];
  const server = createServer((_, response) => response.writeHead(404).end());
  const spoken = protocol === 'v5' ? ['v5.channel.k8s.io', 'v4.channel.k8s.io'] : ['v4.channel.k8s.io'];
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (asked) => spoken.find((one) => asked.has(one)) ?? false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: NodeJS.WritableStream, head: Buffer) => {
    const url = new URL(request.url ?? '', 'http://api');
    requests.push(`${url.pathname}${url.search}`);
    const refusal = refusalOf(url);
    if (refusal) return void socket.end(refusal);
    sockets.handleUpgrade(request, socket, head, (ws) =>
      url.pathname.endsWith('/exec') ? serveExec(ws, url, run) : servePort(ws, url, port),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refusalOf(url: URL): string | undefined {
  const status = (code: number, message: string): string => {
    const body = JSON.stringify({ kind: 'Status', status: 'Failure', code, message });
    return `HTTP/1.1 ${code} Refused\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
  };
  if (url.pathname.includes('/pods/none/')) return status(404, 'pods "none" not found');
  if (url.pathname.includes('/pods/secret/')) return status(403, 'pods "secret" is forbidden');
  if (url.pathname.includes('/pods/waiting/')) return status(400, 'container app is waiting to start');
  return undefined;
}

function send(ws: WebSocket, channel: number, data: Buffer | string): void {
  ws.send(Buffer.concat([Buffer.of(channel), Buffer.from(data)]));
}

function serveExec(ws: WebSocket, url: URL, run: Options['run']): void {
  const parts: Buffer[] = [];
  let ended = (_: Buffer): void => undefined;
  const stdin = new Promise<Buffer>((resolve) => (ended = resolve));
  ws.on('message', (message: Buffer) => {
    if (message[0] === 0) parts.push(message.subarray(1));
    // v4 cannot close one channel, so tar ends at the end of its archive.
    const all = Buffer.concat(parts);
    const isTarEnd = all.length >= 1024 && all.subarray(-1024).every((byte) => byte === 0);
    if (message[0] === 255 || (ws.protocol.startsWith('v4') && isTarEnd)) ended(all);
  });
  void run?.({
    words: url.searchParams.getAll('command'),
    stdin,
    write: (channel, data) => send(ws, channel, data),
    end(result) {
      send(ws, 3, JSON.stringify(statusOf(result)));
      ws.close(1000);
    },
    break: () => ws.terminate(),
  });
}

function statusOf(result: number | string): object {
  if (result === 0) return { status: 'Success' };
  // As containerd says that a program does not exist: the cause has no reason.
  if (typeof result === 'string')
    return { status: 'Failure', reason: 'InternalError', message: result, details: { causes: [{ message: result }] } };
  const causes = [{ reason: 'ExitCode', message: String(result) }];
  return { status: 'Failure', reason: 'NonZeroExitCode', message: 'command terminated', details: { causes } };
}

function servePort(ws: WebSocket, url: URL, port: Options['port']): void {
  const number = Buffer.alloc(2);
  number.writeUInt16LE(Number(url.searchParams.get('ports')));
  send(ws, 0, number);
  send(ws, 1, number);
  ws.on('message', (message: Buffer) => {
    const answer = port?.(message.subarray(1));
    if (answer) return send(ws, 0, answer);
    send(ws, 1, 'connect: connection refused');
    ws.close(1000);
  });
}
