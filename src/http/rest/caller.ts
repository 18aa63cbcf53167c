import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../commands/command.ts';

/** Header in which a caller may say its name. */
export const CALLER_HEADER = 'sluice-caller';

/** Where the call came from and, before an `@`, what the caller says its name is: for the record, not an identity. */
export function callerOf(request: FastifyRequest): Caller {
  const said = request.headers[CALLER_HEADER];
  const name = (typeof said === 'string' ? said : '').slice(0, 60).replace(/[^\w.-]+/g, '-');
  return { id: `http:${name ? `${name}@` : ''}${request.ip}`, kind: 'http' };
}
