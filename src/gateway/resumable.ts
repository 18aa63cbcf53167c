import { randomUUID } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { isFields, type RpcMessage } from '../domain/gateway/message.ts';
import { parseOrNothing } from './json.ts';

type Opening = RpcMessage['params'];

/** A session id is a header of each request, and servers limit those to 8 or 16 KiB in all. */
const MOST_CHARACTERS = 2_000;
const MOST_BYTES = 64 * 1024;

/**
 * A session id with the parameters of initialize in it, compressed. So each process of a service can open the session,
 * and a proxy may send each of its messages to another one. A long one leaves them out.
 */
export function resumableId(opening: Opening): string {
  const id = randomUUID();
  const complete = `${id}.${deflateRawSync(JSON.stringify(opening)).toString('base64url')}`;
  return complete.length > MOST_CHARACTERS ? id : complete;
}

/** The parameters of initialize in a session id. Undefined if there are none. */
export function openingIn(session: string): Opening | undefined {
  const [, packed] = session.split('.');
  if (packed === undefined) return undefined;
  try {
    const text = inflateRawSync(Buffer.from(packed, 'base64url'), { maxOutputLength: MOST_BYTES }).toString();
    const opening = parseOrNothing(text);
    return isFields(opening) ? opening : undefined;
  } catch {
    return undefined;
  }
}
