import type { ChannelMessage, Channels } from '../../src/adapters/kubernetes/channels.ts';

export interface FakeRun {
  readonly command: readonly string[];
  readonly stdin: Buffer;
  readonly signal: AbortSignal;
}

export interface FakeEnd {
  readonly code: number;
  readonly stdout?: Buffer | string;
  readonly stderr?: string;
}

const status = (code: number): object =>
  code === 0
    ? { status: 'Success' }
    : {
        status: 'Failure',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      };

/** The channels of a command, which runs when its input has ended. */
export function fakeChannels(
  run: (call: FakeRun) => FakeEnd | Promise<FakeEnd>,
  url: URL,
  signal: AbortSignal,
): Channels {
  const parts: Uint8Array[] = [];
  let fed = (): void => undefined;
  const input = new Promise<void>((resolve) => (fed = resolve));
  if (url.searchParams.get('stdin') !== 'true') fed();
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
  aborted.catch(() => undefined);
  async function* messages(): AsyncGenerator<ChannelMessage> {
    await input;
    const call = { command: url.searchParams.getAll('command'), stdin: Buffer.concat(parts), signal };
    const { code, stdout = '', stderr = '' } = await Promise.race([run(call), aborted]);
    yield { channel: 1, data: Buffer.from(stdout) };
    yield { channel: 2, data: Buffer.from(stderr) };
    yield { channel: 3, data: Buffer.from(JSON.stringify(status(code))) };
  }
  return {
    closes: true,
    send: async (_, data) => void parts.push(data),
    end: async () => fed(),
    messages: messages(),
    close: () => undefined,
  };
}
