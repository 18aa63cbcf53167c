import { settings as helm } from './helm/settings.ts';
import { settings as kubernetes } from './kubernetes/settings.ts';
import { settings as delivery } from './delivery/settings.ts';
import { settings as mcpServer } from './mcp-server/settings.ts';
import { settings as release } from './release/settings.ts';
import { settings as traefik } from './traefik/settings.ts';

/**
 * The settings that only the tools of one toolset read, merged. This list is separate from src/toolsets/index.ts,
 * because src/config reads it, and the settings must load before any command.
 */
export const TOOLSET_SETTINGS = { ...release, ...traefik, ...mcpServer, ...kubernetes, ...helm, ...delivery } as const;
