import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../commands/command.ts';
import { CALLER_HEADER } from '../../contract/caller-header.ts';

/**
 * The address of the caller, preceded by the name that it gave and an `@`. It is for the record and is not an identity.
 */
export function callerOf(request: FastifyRequest): Caller {
  const said = request.headers[CALLER_HEADER];
  const name = (typeof said === 'string' ? said : '').slice(0, 60).replace(/[^\w.-]+/g, '-');
  return { id: `http:${name ? `${name}@` : ''}${request.ip}`, kind: 'http' };
}
