import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../../sandbox/index.ts';
import { shownPath } from './environment.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CLI = 'node bin/sluice.mjs';

/** Each command is on short lines, so that it can be read and copied in 80 columns. */
const START = [
  `${CLI} release start --namespace shop --analysis-soak 10s \\`,
  '  --analysis-margins-errors 0.03 --analysis-slower-than-ms 500 \\',
];

/** The last output of `npm start`: all addresses, and three commands that work unchanged. */
export function thingsToTry(
  { temporalUiUrl, stateDir }: Pick<Sandbox, 'temporalUiUrl' | 'stateDir'>,
  mcpUrl: string,
  envFile: string,
): string[] {
  const worker = shownPath(`${stateDir}/worker.pid`, ROOT);
  return [
    `MCP endpoint  ${mcpUrl}`,
    '              (loopback only; write tools are ON; each request needs the token',
    '              that `sluice token` prints)',
    `Temporal UI   ${temporalUiUrl}/namespaces/default/workflows`,
    '',
    'Three things to try, in another terminal in this folder. First, once:',
    `   . ${shownPath(envFile, ROOT)}`,
    '',
    '1. A version that is slow; it is found and rolled back:',
    ...command(
      ...START,
      '  --rollout shop --image shop:try-slow-300 --analysis-p95-ms 100 \\',
      `  && ${CLI} release watch shop/shop`,
    ),
    '2. Blue-green, and the worker killed in the middle; it is started again and',
    '   the release goes on:',
    ...command(
      ...START,
      '  --rollout shop-bg --strategy blue-green --image shop:v$(date +%s) \\',
      '  && {',
      `    (sleep 15; kill -9 $(cat ${worker})) &`,
      `    ${CLI} release watch shop/shop-bg; }`,
    ),
    '3. What an agent sees, over plain HTTP:',
    ...command(
      `curl -s ${mcpUrl} \\`,
      `  -H "authorization: Bearer $(${CLI} token)" \\`,
      "  -H 'content-type: application/json' \\",
      "  -H 'accept: application/json, text/event-stream' \\",
      `  -d '{"jsonrpc":"2.0","id":1,"method":"tools/call",`,
      `       "params":{"name":"release_list","arguments":{}}}'`,
    ),
    '',
    'Ctrl-C stops everything that was started here.',
  ];
}

const command = (...lines: readonly string[]): string[] => lines.map((line) => `   ${line}`);
