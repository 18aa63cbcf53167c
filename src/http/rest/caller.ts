import type { FastifyRequest } from 'fastify';
import { principalOf } from '../access/gate.ts';
import { CALLER_HEADER } from '../../contract/caller-header.ts';
import { callerWith, type Caller } from '../../domain/access/caller.ts';

/** The address of the caller, preceded by the name that it gave and an `@`. Both are for the record. */
export function callerOf(request: FastifyRequest): Caller {
  const said = request.headers[CALLER_HEADER];
  const name = (typeof said === 'string' ? said : '').slice(0, 60).replace(/[^\w.-]+/g, '-');
  return callerWith(principalOf(request), {
    id: `http:${name ? `${name}@` : ''}${request.ip}`,
    kind: 'http',
    client: name || request.ip,
  });
}
