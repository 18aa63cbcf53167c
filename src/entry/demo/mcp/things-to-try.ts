import { fileURLToPath } from 'node:url';
import { shownPath } from '../environment.ts';
import { gatewayOf, SERVER, type McpPlace } from './place.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const CLI = 'node bin/sluice.mjs';

/** The last output of `npm start -- --demo mcp`: the addresses, and commands that work unchanged. */
export function mcpThingsToTry({ gatewayPort }: McpPlace, envFile: string): string[] {
  return [
    `The MCP server   ${gatewayOf(gatewayPort)}/servers/${SERVER}/mcp`,
    `Its gateway      ${gatewayOf(gatewayPort)}/servers/${SERVER}/status`,
    `Both need a credential. ${CLI} token prints it, after the line below that reads a file.`,
    '',
    'Three things to try, in another terminal in this folder. First, once:',
    `   . ${shownPath(envFile, ROOT)}`,
    '',
    '1. The versions with their traffic and health, and who changed them:',
    `   ${CLI} server status ${SERVER} && ${CLI} server history ${SERVER}`,
    '2. The good release again, taken back:',
    `   ${CLI} server rollback ${SERVER} 1.1.0`,
    '3. The reports of both releases:',
    `   ${CLI} release list`,
    '',
    'Ctrl-C stops everything that was started here.',
  ];
}
