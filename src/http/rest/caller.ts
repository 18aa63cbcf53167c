import type { FastifyRequest } from 'fastify';
import { isOfPerson, principalOf } from '../access/gate.ts';
import { CALLER_HEADER } from '../../contract/caller-header.ts';
import { callerWith, type Caller } from '../../domain/access/caller.ts';

/**
 * The address of the caller, preceded by the name that it gave and an `@`. Both are for the record. A program with the
 * credential of a person is an agent that acts for this person. The person acts in a browser, and through a client of
 * people themselves.
 */
export function callerOf(request: FastifyRequest): Caller {
  const said = request.headers[CALLER_HEADER];
  const name = (typeof said === 'string' ? said : '').slice(0, 60).replace(/[^\w.-]+/g, '-');
  const id = `http:${name ? `${name}@` : ''}${request.ip}`;
  const principal = principalOf(request);
  if (!principal || !(principal.inPerson || isOfPerson(request)))
    return callerWith(principal, { id, kind: 'http', client: name || request.ip });
  const { agent: _, ...person } = principal;
  return callerWith(person, { id, kind: 'http' });
}
