import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createKeys } from '../adapters/credentials/keys.ts';
import { localAuthenticator, localToken } from '../adapters/credentials/local-token.ts';
import { createOAuth } from '../adapters/oauth/index.ts';
import type { Settings } from '../config/schema.ts';
import { anyOf } from '../domain/access/authenticator.ts';
import { osUser } from '../domain/access/caller.ts';
import { SluiceError } from '../domain/errors.ts';
import type { HttpAccess } from '../http/access/gate.ts';
import { LOOPBACK, requireLoopback } from '../http/server.ts';
import { userName } from './user-name.ts';

export const tokenPath = ({ home, tokenFile }: Settings): string => resolve(home, tokenFile);
export const keysPath = ({ home, keys }: Settings): string => resolve(home, keys);

/**
 * How callers of the HTTP server prove who they are. Undefined: nobody is asked, on loopback only. Errors:
 * CONFIG_INVALID, CREDENTIALS_UNAVAILABLE.
 */
export function httpAccess(settings: Settings): HttpAccess | undefined {
  const { localAccess, publicUrl, oauthIssuers: issuers } = settings;
  const local = LOOPBACK.includes(settings.host);
  if (issuers.length > 0 && publicUrl === undefined) throw withoutAudience('SLUICE_OAUTH_ISSUERS');
  if (localAccess === 'open') return openAccess(settings, local);
  if (!local) requireWayIn(settings);
  const authenticator = anyOf([
    ...(local ? [localAuthenticator(localToken(tokenPath(settings)), osUser(userName()))] : []),
    createKeys(keysPath(settings)),
    ...(publicUrl === undefined || issuers.length === 0 ? [] : [oauth(settings, publicUrl)]),
  ]);
  return { authenticator, ...(publicUrl !== undefined && { publicUrl }), ...(issuers.length > 0 && { issuers }) };
}

function oauth({ oauthIssuers, oauthAlgorithms, oauthGroupsClaim }: Settings, publicUrl: string) {
  return createOAuth({
    issuers: oauthIssuers,
    audiences: [`${publicUrl}/mcp`, `${publicUrl}/engine/v1`],
    algorithms: oauthAlgorithms,
    groupsClaim: oauthGroupsClaim,
  });
}

function openAccess({ host, oauthIssuers }: Settings, local: boolean): undefined {
  if (!local) requireLoopback(host);
  if (oauthIssuers.length > 0)
    throw new SluiceError(
      'CONFIG_INVALID',
      'SLUICE_LOCAL_ACCESS=open: nobody is asked, and SLUICE_OAUTH_ISSUERS is set.',
      {
        next: 'Unset one of them.',
      },
    );
  return undefined;
}

/** A server that others can reach, and that nobody may call, is a mistake. */
function requireWayIn(settings: Settings): void {
  const { host, publicUrl, oauthIssuers } = settings;
  if (oauthIssuers.length === 0 && !hasKeys(keysPath(settings))) requireLoopback(host);
  if (publicUrl === undefined) throw withoutAudience(`SLUICE_HOST=${host}`);
}

function hasKeys(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.json'));
}

function withoutAudience(setting: string): SluiceError {
  return new SluiceError(
    'CONFIG_INVALID',
    `${setting}: without SLUICE_PUBLIC_URL it is not known for which audience a token has to be made, and authentication needs that.`,
    { next: 'Set SLUICE_PUBLIC_URL to the address at which clients reach the server.' },
  );
}
