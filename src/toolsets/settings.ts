import { settings as release } from './release/settings.ts';
import { settings as traefik } from './traefik/settings.ts';

/**
 * The settings that only the tools of one toolset read, joined. They are listed apart from src/toolsets/index.ts:
 * src/config reads this list, and the settings must load before any command does.
 */
export const TOOLSET_SETTINGS = { ...release, ...traefik } as const;
