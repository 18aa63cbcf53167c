import { z } from 'zod';
import { setting } from '../../contract/setting.ts';

const path = z.string().trim().min(1);
const optionalPath: z.ZodType<string | undefined, string> = path;

export const settings = {
  mcpProject: setting('SLUICE_MCP_PROJECT', path, '.', 'Folder with the .mcp.json and the .mcprc of the project.'),
  mcpGlobalFile: setting(
    'SLUICE_MCP_GLOBAL_FILE',
    path,
    '~/.mcp.json',
    'Configuration file of MCP clients for all projects of the user: the scope global.',
  ),
  mcpConformance: setting(
    'SLUICE_MCP_CONFORMANCE',
    optionalPath,
    undefined,
    'Path of the program of the public MCP conformance suite, for releases with conformance; unset: npx fetches its released version.',
  ),
} as const;
