import type { Command } from '../command.ts';

/** The tools of the toolset `traefik`, in the order in which doors list them. */
export const TRAEFIK_COMMANDS: readonly Command[] = [];
