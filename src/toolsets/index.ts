import { commandsOf, type Toolset } from '../commands/toolset.ts';
import { nearest } from '../contract/nearest.ts';
import { SluiceError } from '../domain/errors.ts';
import { argo } from './argo/index.ts';
import { helm } from './helm/index.ts';
import { flux } from './flux/index.ts';
import { delivery } from './delivery/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { mcpServer } from './mcp-server/index.ts';
import { notification } from './notification/index.ts';
import { release } from './release/index.ts';
import { traefik } from './traefik/index.ts';
import { window } from './window/index.ts';

/**
 * Every toolset, in the order in which interfaces list them. A new one is a folder beside this file and one line here.
 */
export const TOOLSETS: readonly Toolset[] = [
  release,
  argo,
  traefik,
  mcpServer,
  kubernetes,
  helm,
  flux,
  delivery,
  window,
  notification,
];

export const TOOLSET_NAMES: readonly string[] = TOOLSETS.map(({ name }) => name);

/** Every command, in the order in which interfaces list them. */
export const CATALOGUE = commandsOf(TOOLSETS);

/** Checks the value of SLUICE_TOOLSETS. Errors: CONFIG_INVALID for a toolset that does not exist. */
export function requireKnownToolsets(names: readonly string[]): void {
  const unknown = names.find((name) => !TOOLSET_NAMES.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, TOOLSET_NAMES);
  throw new SluiceError(
    'CONFIG_INVALID',
    `SLUICE_TOOLSETS: ${unknown} is not a toolset${near ? `; did you mean ${near}?` : '.'} The toolsets are ${TOOLSET_NAMES.join(', ')}.`,
  );
}
