import { createServer } from 'node:net';
import type { Server } from 'node:net';

import { shortHash } from '../binaries/places.ts';

export interface Lock {
  release(): Promise<void>;
}

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    // With `exclusive` the socket belongs to this process alone, also under a cluster primary.
    server.listen({ path: `\0sluice-${shortHash(name)}`, exclusive: true }, () => resolve(server));
  });
}

/**
 * Locks a name on this machine. The lock is an abstract socket. The kernel removes it with its process, so a killed
 * holder leaves nothing to clean up. A lock file cannot guarantee this.
 */
export async function acquireLock(
  name: string,
  options: { timeoutMs?: number; onWait?: () => void } = {},
): Promise<Lock> {
  const deadline = Date.now() + (options.timeoutMs ?? 20 * 60_000);
  let announced = false;
  for (;;) {
    const server = await listen(name);
    if (server) return { release: () => new Promise((resolve) => server.close(() => resolve())) };
    if (Date.now() > deadline)
      throw new Error(`Another process is still at work on ${name}. Wait for it, or end it, and try again.`);
    if (!announced) options.onWait?.();
    announced = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export async function withLock<T>(name: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  const lock = await acquireLock(name, onWait ? { onWait } : {});
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
