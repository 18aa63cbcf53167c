import type { Toolset } from '../../commands/toolset.ts';
import { checks } from './checks.ts';
import { mcpServerDeploy } from './mcp-server-deploy.ts';
import { mcpServerHistory } from './mcp-server-history.ts';
import { mcpServerLock } from './mcp-server-lock.ts';
import { mcpServerMigrate } from './mcp-server-migrate.ts';
import { mcpServerPromote } from './mcp-server-promote.ts';
import { mcpServerRemoveVersion } from './mcp-server-remove-version.ts';
import { mcpServerRollback } from './mcp-server-rollback.ts';
import { mcpServerStatus } from './mcp-server-status.ts';
import { mcpServerTraffic } from './mcp-server-traffic.ts';
import { settings } from './settings.ts';

export const mcpServer: Toolset = {
  name: 'mcp-server',
  group: 'server',
  alias: 'mcp-server',
  onRequest: true,
  about: 'Register versions of MCP servers, and divide callers between them',
  guidance:
    'The tools mcp_server_* keep the versions of MCP servers: one is blue (stable), others are green (new) or inactive. Traffic is in whole percents and always adds up to 100. They need neither a cluster nor Temporal. Secrets are given as ${NAME} and are never shown.',
  commands: [
    mcpServerDeploy,
    mcpServerPromote,
    mcpServerRollback,
    mcpServerTraffic,
    mcpServerStatus,
    mcpServerHistory,
    mcpServerMigrate,
    mcpServerLock,
    mcpServerRemoveVersion,
  ],
  rights: [],
  resources: [],
  prompts: [],
  checks,
  settings,
};
