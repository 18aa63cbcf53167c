import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP port that leads to one on loopback, and that can be closed as if what is behind it were away. */
export class Door {
  readonly #to: number;
  readonly #host: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  /** `to`: a port on 127.0.0.1. `host`: the address of this machine that the door is at. */
  constructor(to: number, host = '127.0.0.1') {
    this.#to = to;
    this.#host = host;
  }

  /** As in 127.0.0.1:40001. It stays the same. */
  get address(): string {
    return `${this.#host}:${this.#port}`;
  }

  async open(): Promise<void> {
    const server = createServer((from) => this.#join(from, connect(this.#to, '127.0.0.1')));
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(this.#port, this.#host, () => resolve()),
    );
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Ends all connections, and refuses further ones. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(from: Socket, to: Socket): void {
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy()).on('close', () => (this.#sockets.delete(one), other.destroy()));
    }
  }
}
