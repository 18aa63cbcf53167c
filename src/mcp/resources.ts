import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type ListResourcesResult,
  type ReadResourceResult,
} from '@modelcontextprotocol/server';
import { asCaller } from '../commands/as-caller.ts';
import type { CommandContext } from '../commands/command.ts';
import { admittedKind, admittedResource } from '../commands/resource-access.ts';
import type { Entry, ResourceKind } from '../commands/resource.ts';
import type { Toolset } from '../commands/toolset.ts';
import { toFailure, type Failure } from '../contract/failure.ts';
import { findKind } from '../feeds/find.ts';
import { audited } from './audited.ts';
import type { Offer } from './offer.ts';
import { protocolError } from './protocol-error.ts';

const PAGE = 100;

/** A kind of resource that could not be listed, in `_meta` of the answer. The other kinds are still listed. */
interface Unavailable {
  readonly scheme: string;
  readonly problem: Failure;
}

/** Answers `resources/list`. */
export async function listResources(
  { deps: { audit }, resources, toolsets }: Offer,
  context: CommandContext,
  cursor: string | undefined,
): Promise<ListResourcesResult> {
  const from = offsetOf(cursor);
  return audited(audit, { caller: context.caller, method: 'resources/list', arguments: {} }, async () => {
    const lists = await Promise.all(resources.map((kind) => listKind(toolsets, kind, context)));
    const all = lists.flatMap(({ entries }) => entries);
    const unavailable = lists.flatMap(({ failed }) => failed ?? []);
    return {
      resources: all.slice(from, from + PAGE),
      ...(from + PAGE < all.length ? { nextCursor: Buffer.from(String(from + PAGE)).toString('base64url') } : {}),
      ...(unavailable.length > 0 ? { _meta: { 'sluice/unavailable': unavailable } } : {}),
    };
  });
}

async function listKind(
  toolsets: readonly Toolset[],
  kind: ResourceKind,
  context: CommandContext,
): Promise<{ entries: (Entry & { mimeType: string })[]; failed?: Unavailable }> {
  try {
    const entries = await kind.list(admittedKind(context, toolsets, kind));
    return { entries: entries.map((entry) => ({ ...entry, mimeType: kind.mimeType })) };
  } catch (error) {
    return { entries: [], failed: { scheme: kind.scheme, problem: toFailure(error) } };
  }
}

function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const offset = Number(Buffer.from(cursor, 'base64url').toString());
  if (Number.isSafeInteger(offset) && offset > 0) return offset;
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    'The cursor is not one of this server: list again without it.',
  );
}

/** Answers `resources/read`. */
export async function readResource(
  { deps: { audit }, resources, toolsets }: Offer,
  context: CommandContext,
  uri: string,
): Promise<ReadResourceResult> {
  try {
    return await audited(audit, { caller: context.caller, method: 'resources/read', arguments: { uri } }, async () => {
      const found = findKind(resources, uri);
      if (!found) throw new ResourceNotFoundError(uri);
      const { kind, parts } = found;
      const admitted = admittedResource(context, toolsets, kind, parts);
      const text = await asCaller(context, () => kind.read(admitted, parts));
      return { contents: [{ uri, mimeType: kind.mimeType, text }] };
    });
  } catch (error) {
    throw protocolError(error, uri);
  }
}
