import { unreachable } from './failure.ts';
import { apiPath, type ObjectRef } from './kinds.ts';
import type { PatchOptions } from './cluster-client.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';

/** Sends one request. `what` names it in the error for an unreachable cluster. */
export type Send = (
  what: string,
  request: Omit<ApiRequest, 'timeoutMs'> & { readonly timeoutMs?: number },
) => Promise<ApiResponse>;

export function sender(cluster: string, transport: Transport, defaultMs: number): Send {
  return async (what, request) => {
    const timeoutMs = request.timeoutMs ?? defaultMs;
    try {
      return await transport.send({ ...request, timeoutMs });
    } catch (cause) {
      throw unreachable(cause, cluster, what, timeoutMs);
    }
  };
}

export function patchPath(ref: ObjectRef, { subresource, fieldManager, dryRun }: PatchOptions): string {
  const query = new URLSearchParams({
    ...(fieldManager && { fieldManager }),
    ...(dryRun && { dryRun: 'All' }),
  }).toString();
  return `${refPath(ref)}${subresource ? `/${subresource}` : ''}${query ? `?${query}` : ''}`;
}

export function refPath(ref: ObjectRef): string {
  return apiPath(ref.kind, ref.namespace, ref.name);
}
