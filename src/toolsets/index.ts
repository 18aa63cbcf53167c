import type { Command } from '../commands/command.ts';
import { ARGO_COMMANDS } from './argo/index.ts';
import { RELEASE_COMMANDS } from './release/index.ts';
import { TRAEFIK_COMMANDS } from './traefik/index.ts';

/** Every command, in the order in which doors list them. */
export const CATALOGUE: readonly Command[] = [...RELEASE_COMMANDS, ...ARGO_COMMANDS, ...TRAEFIK_COMMANDS];
