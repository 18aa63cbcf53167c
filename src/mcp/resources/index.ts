import type { Gate } from '../../commands/gate.ts';
import { toolsetsOf } from '../toolsets.ts';
import { examples } from './examples.ts';
import type { ResourceKind } from './kind.ts';
import { releases } from './releases.ts';
import { reportPages, reports } from './reports.ts';
import { rollouts } from './rollouts.ts';
import { templates } from './templates.ts';
import { parseAddress } from './uri.ts';

const KINDS: readonly ResourceKind[] = [rollouts, releases, reports, reportPages, templates, examples];

/** The sorts of resources that belong to the toolsets of a gate. */
export function kindsOf(gate: Gate): readonly ResourceKind[] {
  const offered = toolsetsOf(gate);
  return KINDS.filter(({ toolset }) => offered.includes(toolset));
}

export interface Found {
  readonly kind: ResourceKind;
  readonly parts: readonly string[];
}

/** Undefined: nothing of that address can exist here. */
export function findKind(gate: Gate, uri: string): Found | undefined {
  const address = parseAddress(uri);
  const kind = kindsOf(gate).find(({ scheme }) => scheme === address?.scheme);
  if (!kind || address?.parts.length !== kind.variables.length || address.parts.includes('')) return undefined;
  return { kind, parts: address.parts };
}

/** RFC 6570, e.g. `rollout://{cluster}/{namespace}/{name}`. */
export function uriTemplateOf({ scheme, variables }: ResourceKind): string {
  return `${scheme}://${variables.map((name) => `{${name}}`).join('/')}`;
}
