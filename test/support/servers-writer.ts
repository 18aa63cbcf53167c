import { join } from 'node:path';
import { createServerRegistry } from '../../src/adapters/server-registry/index.ts';
import { withLock } from '../../src/adapters/server-registry/lock.ts';
import { register } from '../../src/domain/servers/actions.ts';

/** A process of its own: it registers versions of `demo` and of a server of its own, or it holds the lock. */
const [folder = '', name = '', count = '0'] = process.argv.slice(2);
const by = { at: 0, who: 'cli:writer' };
const upstream = { transport: 'stdio', command: 'node', args: [], env: {} } as const;

if (name === 'hold') {
  await withLock(join(folder, '.mcp.versions.lock'), async () => {
    process.send?.('held');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
} else {
  const registry = createServerRegistry({ folder, globalFile: join(folder, 'home.json') });
  for (let number = 0; number < Number(count); number += 1)
    for (const server of ['demo', `of-${name}`])
      await registry.change(server, undefined, (before) =>
        register(before, { version: `${name}-${number}`, upstream }, by),
      );
}
process.disconnect();
