import { z } from 'zod';
import { setting } from '../../contract/setting.ts';

const path = z.string().trim().min(1);

export const settings = {
  mcpProject: setting('SLUICE_MCP_PROJECT', path, '.', 'Folder with the .mcp.json and the .mcprc of the project.'),
  mcpGlobalFile: setting(
    'SLUICE_MCP_GLOBAL_FILE',
    path,
    '~/.mcp.json',
    'Configuration file of MCP clients for all projects of the user: the scope global.',
  ),
} as const;
