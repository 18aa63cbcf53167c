import { admittedResource } from '../commands/resource-access.ts';
import { callerWith, type Principal } from '../domain/access/caller.ts';
import type { MayRead } from '../feeds/hub.ts';
import type { Offer } from './offer.ts';

/** Refuses to watch what the caller may not read. The name of a client is not known here, and decides nothing. */
export function readableBy({ deps, toolsets }: Offer, principal: Principal | undefined): MayRead {
  const caller = callerWith(principal, { id: 'mcp:client', kind: 'mcp', client: 'client' });
  const context = { caller, settings: deps.services.settings };
  return ({ kind, parts }) => void admittedResource(context, toolsets, kind, parts);
}
