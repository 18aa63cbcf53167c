import type { Command as Cli } from 'commander';
import type { Settings } from '../config/schema.ts';
import type { CliDeps } from './deps.ts';
import { loadedFor } from './root.ts';

/** The gateway of MCP servers. It imports no toolset, because clients wait for its start. */
export function addGateway(program: Cli, deps: CliDeps): void {
  program
    .command('gateway')
    .description('Divide callers between versions of MCP servers, at /servers/<name>/mcp on SLUICE_GATEWAY_PORT')
    .option('--stdio <name>', 'serve this MCP server over stdin and stdout instead')
    .action(async ({ stdio }: { stdio?: string }, cli: Cli) =>
      deps.gateway(await settingsFor(deps, cli), stdio === undefined ? {} : { stdio }, deps.io.stopped),
    );
}

/** Throws CONFIG_INVALID. */
async function settingsFor(deps: CliDeps, cli: Cli): Promise<Settings> {
  const { settings } = loadedFor(deps, cli);
  if (settings.access) (await import('../toolsets/index.ts')).requireGrantable(settings.access);
  return settings;
}
