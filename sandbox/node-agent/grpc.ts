import type { ServerWritableStream } from '@grpc/grpc-js';

/** The only method of the sample application. The request is empty, and the answer is one message with the version. */
export const GRPC_PATH = '/sandbox.Shop/Get';

/** The answer to one call. `breaksOff`: it fails after its message, which a proxy does not see. */
export interface GrpcAnswer {
  readonly version: string;
  readonly fails: boolean;
  readonly breaksOff: boolean;
  readonly delayMs: number;
}

const asBytes = (bytes: Buffer): Buffer => bytes;

/**
 * A real gRPC server. `next` decides each call, and is undefined when there is no pod. Resolves when the server
 * listens.
 */
export async function listenGrpc(
  address: string,
  port: number,
  next: () => GrpcAnswer | undefined,
): Promise<{ close(): void }> {
  const { Metadata, Server, ServerCredentials, status } = await import('@grpc/grpc-js');
  const server = new Server();
  const method = {
    path: GRPC_PATH,
    requestStream: false,
    responseStream: true,
    requestSerialize: asBytes,
    requestDeserialize: asBytes,
    responseSerialize: asBytes,
    responseDeserialize: asBytes,
  };
  const get = (call: ServerWritableStream<Buffer, Buffer>): void => {
    const answer = next();
    const refuse = (code: number, details: string): boolean => call.emit('error', { code, details });
    if (!answer) return void refuse(status.UNAVAILABLE, 'no ready pod matches the selector');
    setTimeout(() => {
      // A failure before any message has its status in the headers. Later failures have it in the trailers.
      if (answer.fails) return void refuse(status.UNAVAILABLE, `${answer.version} fails`);
      const metadata = new Metadata();
      metadata.set('x-version', answer.version);
      call.sendMetadata(metadata);
      call.write(Buffer.from(answer.version), () =>
        answer.breaksOff ? void refuse(status.INTERNAL, `${answer.version} fails late`) : void call.end(),
      );
    }, answer.delayMs);
  };
  server.addService({ Get: method }, { Get: get });
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`${address}:${port}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  return { close: () => server.forceShutdown() };
}
