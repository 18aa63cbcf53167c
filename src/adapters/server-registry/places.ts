import { basename, dirname, join } from 'node:path';
import type { Scope } from '../../domain/servers/server.ts';

/** Where the configuration files are. `folder`: that of the project. `globalFile`: the file of the user. */
export interface Folders {
  readonly folder: string;
  readonly globalFile: string;
}

/** The files of one scope. */
export interface Place {
  readonly scope: Scope;
  /** The file that MCP clients read. */
  readonly client: string;
  /** The versions, their traffic and their history (docs/adr/0025). */
  readonly versions: string;
  /** An empty file whose lock a writer holds. */
  readonly lock: string;
}

/** In the order of precedence: a name that several scopes have belongs to the first. */
export function placesOf({ folder, globalFile }: Folders): readonly Place[] {
  return [
    place('project', join(folder, '.mcp.json')),
    place('mcprc', join(folder, '.mcprc')),
    place('global', globalFile),
  ];
}

function place(scope: Scope, client: string): Place {
  const stem = join(dirname(client), basename(client).replace(/\.jsonc?$/, ''));
  return { scope, client, versions: `${stem}.versions.json`, lock: `${stem}.versions.lock` };
}
