import type { InboundMessage } from './inbound.ts';

/** The headers by which a version may know its caller. */
export function identity({ authorization, 'x-api-key': key }: InboundMessage['headers']): Record<string, string> {
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(key === undefined ? {} : { 'x-api-key': key }),
  };
}
