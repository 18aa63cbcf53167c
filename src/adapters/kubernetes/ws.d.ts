/** The part of the package ws that is used here. The package has no types of its own. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events';
  import type { RequestOptions } from 'node:https';

  /** For tests: a server of WebSockets. */
  export class WebSocketServer extends EventEmitter {
    constructor(options: {
      readonly noServer: true;
      readonly handleProtocols?: (protocols: ReadonlySet<string>) => string | false;
    });
    handleUpgrade(request: unknown, socket: unknown, head: Buffer, done: (socket: WebSocket) => void): void;
  }

  export default class WebSocket extends EventEmitter {
    readonly protocol: string;
    readonly readyState: number;
    binaryType: 'nodebuffer';
    constructor(address: string, protocols: readonly string[], options: RequestOptions & { maxPayload?: number });
    send(data: Uint8Array, done?: (error?: Error) => void): void;
    pause(): void;
    resume(): void;
    close(code?: number): void;
    terminate(): void;
  }
}
