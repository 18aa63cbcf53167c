import type { CommandSettings } from './command.ts';

/** The address of the HTTP server of these settings, without a slash at its end. */
export function serverAddress({ host, mcpPort }: Pick<CommandSettings, 'host' | 'mcpPort'>): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${mcpPort}`;
}
