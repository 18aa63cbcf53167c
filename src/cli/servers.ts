import type { Command as Cli } from 'commander';
import type { Settings } from '../config/schema.ts';
import { requireKnownToolsets } from '../toolsets/index.ts';
import type { CliDeps } from './deps.ts';
import { settingsOf } from './global.ts';
import { addSettingFlags } from './setting-flags.ts';

/** The commands that run until they are stopped. */
export function addServers(program: Cli, deps: CliDeps): void {
  const serve = program.command('serve').description('Serve MCP (/mcp) and REST (/engine/v1) over HTTP on MCP_PORT');
  addSettingFlags(serve).action((_: unknown, cli: Cli) => deps.serve(serverSettings(deps, cli), deps.io.stopped));
  const mcp = program.command('mcp').description('Serve MCP over stdin and stdout');
  addSettingFlags(mcp, ['mcpAllowWrite', 'mcpDebug', 'toolsets', 'allowedNamespaces']).action((_: unknown, cli: Cli) =>
    deps.mcp(serverSettings(deps, cli), deps.io.stopped),
  );
  program
    .command('gateway')
    .description('Divide callers between versions of MCP servers, at /servers/<name>/mcp on SLUICE_GATEWAY_PORT')
    .option('--stdio <name>', 'serve this MCP server over stdin and stdout instead')
    .action(({ stdio }: { stdio?: string }, cli: Cli) =>
      deps.gateway(settingsOf(deps, cli).settings, stdio === undefined ? {} : { stdio }, deps.io.stopped),
    );
  program
    .command('worker')
    .description('Run the Temporal worker that carries releases')
    .action((_: unknown, cli: Cli) => deps.worker(settingsOf(deps, cli).settings));
}

function serverSettings(deps: CliDeps, cli: Cli): Settings {
  const { settings } = settingsOf(deps, cli);
  requireKnownToolsets(settings.toolsets);
  return settings;
}
