import { commandsOf, type Toolset } from '../commands/toolset.ts';
import { nearest } from '../contract/nearest.ts';
import type { AccessRules } from '../domain/access/rules.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import { argo } from './argo/index.ts';
import { conversion } from './conversion/index.ts';
import { helm } from './helm/index.ts';
import { flux } from './flux/index.ts';
import { delivery } from './delivery/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { mcpServer } from './mcp-server/index.ts';
import { notification } from './notification/index.ts';
import { release } from './release/index.ts';
import { releaseQueue } from './release-queue/index.ts';
import { traefik } from './traefik/index.ts';
import { window } from './window/index.ts';
import { workerVersion } from './worker-version/index.ts';

/**
 * Every toolset, in the order in which interfaces list them. A new one is a folder beside this file and one line here.
 */
export const TOOLSETS: readonly Toolset[] = [
  release,
  releaseQueue,
  argo,
  traefik,
  conversion,
  mcpServer,
  kubernetes,
  helm,
  flux,
  delivery,
  window,
  notification,
  workerVersion,
];

export const TOOLSET_NAMES: readonly string[] = TOOLSETS.map(({ name }) => name);

/** Every command, in the order in which interfaces list them. */
export const CATALOGUE = commandsOf(TOOLSETS);

/** Names in `tools` of a rule of access: tools, toolsets, and the schemes of resources. */
const GRANTABLE: readonly string[] = [
  // The tools of MCP that find and add others.
  'tools',
  ...TOOLSET_NAMES,
  ...CATALOGUE.map(({ name }) => name),
  ...TOOLSETS.flatMap(({ resources }) => resources.map(({ scheme }) => scheme)),
];

/** Checks the tools of the rules. Errors: CONFIG_INVALID for a name that neither a tool nor a toolset has. */
export function requireGrantable(rules: AccessRules | undefined): void {
  for (const { name: rule, tools = [] } of rules ?? []) {
    const unknown = tools.find((name) => !GRANTABLE.includes(name));
    if (unknown === undefined) continue;
    const near = nearest(unknown, GRANTABLE);
    throw new SluiceError(
      'CONFIG_INVALID',
      `access, rule ${cleanText(rule, 80)}: there is no tool or toolset ${cleanText(unknown, 80)}${near ? `; did you mean ${near}?` : '.'}`,
    );
  }
}

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
