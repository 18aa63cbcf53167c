// node sandbox/main.ts up|status|logs <part>|down [--name <name>] [--with flux] [--real-pods]
import { parseArgs } from 'node:util';

import { sandboxDown, sandboxLogs, sandboxStatus, sandboxUp } from './index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string', default: 'default' },
    rps: { type: 'string' },
    with: { type: 'string', multiple: true, default: [] },
    'real-pods': { type: 'boolean', default: false },
  },
});
const place = { name: values.name };
const started = performance.now();
const say = (line: string): void =>
  console.error(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);

const COMMANDS: Record<string, () => Promise<unknown>> = {
  up: () =>
    sandboxUp({
      ...place,
      ...(values.rps === undefined ? {} : { rps: Number(values.rps) }),
      with: [...values.with, ...(values['real-pods'] ? ['real-pods'] : [])],
      onProgress: say,
    }),
  status: () => sandboxStatus(place),
  logs: () => sandboxLogs(positionals[1] ?? '', place),
  down: () => sandboxDown(place),
};

const command = COMMANDS[positionals[0] ?? ''];
if (!command) {
  console.error(
    'usage: node sandbox/main.ts up|status|logs <part>|down [--name <name>] [--rps <n>] [--with flux] [--real-pods]',
  );
  process.exitCode = 2;
} else {
  try {
    const result = await command();
    console.log(typeof result === 'string' ? result : JSON.stringify(result, null, 2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
