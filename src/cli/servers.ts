import type { Command as Cli } from 'commander';
import type { Settings } from '../config/schema.ts';
import { requireKnownToolsets } from '../toolsets/index.ts';
import type { CliDeps } from './deps.ts';
import { addGateway } from './gateway.ts';
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
  addGateway(program, deps);
  program
    .command('worker')
    .description('Run the Temporal worker that carries releases')
    .action((_: unknown, cli: Cli) => deps.worker(settingsOf(deps, cli).settings, deps.io.stopped));
}

function serverSettings(deps: CliDeps, cli: Cli): Settings {
  const { settings } = settingsOf(deps, cli);
  requireKnownToolsets(settings.toolsets);
  return settings;
}
