import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublic } from '../../config/public-address.ts';

/** Resolves a host name and refuses addresses that are not public. The connection uses exactly the checked address. */
export const publicLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const refused = found?.find(({ address }) => !isPublic(address));
    const failure = error ?? (refused && new Error(`${host} is ${refused.address}, which is not a public address`));
    if (failure) return callback(failure, []);
    if (options.all) return callback(null, found);
    const [first] = found;
    return callback(null, first?.address ?? '', first?.family);
  });
};
