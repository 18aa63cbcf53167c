import type { CommandSettings } from './command.ts';

/** The address at which clients reach the HTTP server of these settings, without a slash at its end. */
export function serverAddress({
  host,
  mcpPort,
  publicUrl,
}: Pick<CommandSettings, 'host' | 'mcpPort' | 'publicUrl'>): string {
  return publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${mcpPort}`;
}
