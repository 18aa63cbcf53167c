import { existsSync, readdirSync } from 'node:fs';
import { createKeys } from '../adapters/credentials/keys.ts';
import { localAuthenticator, localToken } from '../adapters/credentials/local-token.ts';
import type { Settings } from '../config/schema.ts';
import { anyOf, type Authenticator } from '../domain/access/authenticator.ts';
import { osUser } from '../domain/access/caller.ts';
import { LOOPBACK, requireLoopback } from '../domain/access/loopback.ts';
import { SluiceError } from '../domain/errors.ts';
import type { HttpAccess } from '../http/access/gate.ts';
import { keysPath, tokenPath } from './credential-paths.ts';
import { deferred } from './deferred.ts';
import { userName } from './user-name.ts';

/** The paths of the resources below the public address that access tokens of the HTTP server are made for. */
const OF_SERVER = ['/mcp', '/engine/v1'];

/**
 * How callers of a server over HTTP prove who they are. `resources`: the paths below the public address that access
 * tokens have to be made for. Undefined: nobody is asked, on loopback only. Errors: CONFIG_INVALID,
 * CREDENTIALS_UNAVAILABLE.
 */
export function httpAccess(settings: Settings, resources: readonly string[] = OF_SERVER): HttpAccess | undefined {
  const { localAccess, publicUrl, oauthIssuers: issuers, serviceAccountAudience: audience } = settings;
  const local = LOOPBACK.includes(settings.host);
  if (issuers.length > 0 && publicUrl === undefined) throw withoutAudience('SLUICE_OAUTH_ISSUERS');
  if (localAccess === 'open') return openAccess(settings, local);
  if (!local) requireWayIn(settings);
  const authenticator = anyOf([
    ...(local ? [localAuthenticator(localToken(tokenPath(settings)), osUser(userName()))] : []),
    createKeys(keysPath(settings)),
    ...(publicUrl === undefined || issuers.length === 0
      ? []
      : [
          oauth(
            settings,
            resources.map((path) => `${publicUrl}${path}`),
          ),
        ]),
    ...(audience === undefined ? [] : [serviceAccounts(settings, audience)]),
  ]);
  return { authenticator, ...(publicUrl !== undefined && { publicUrl }), ...(issuers.length > 0 && { issuers }) };
}

/** Its packages are loaded with the first token. */
function oauth(settings: Settings, audiences: readonly string[]): Authenticator {
  const { oauthIssuers: issuers, oauthAlgorithms: algorithms, oauthGroupsClaim: groupsClaim } = settings;
  const personClients = settings.oauthPersonClients;
  return deferred<Authenticator>(async () => {
    const { createOAuth } = await import('../adapters/oauth/index.ts');
    return createOAuth({ issuers, audiences, algorithms, groupsClaim, personClients });
  }, {});
}

/** Tokens of service accounts of the current cluster. Errors: CONFIG_INVALID. */
function serviceAccounts(settings: Settings, audience: string): Authenticator {
  if (settings.access === undefined)
    throw new SluiceError(
      'CONFIG_INVALID',
      'SLUICE_SERVICE_ACCOUNT_AUDIENCE is set, and there are no rules of access: every service account of the cluster could do everything.',
      { next: 'Say in the section access of the settings file what service accounts may do.' },
    );
  return deferred<Authenticator>(async () => {
    const [{ createTokenReview }, { clustersOf }] = await Promise.all([
      import('../adapters/token-review/index.ts'),
      import('./ports.ts'),
    ]);
    const clusters = clustersOf(settings);
    return createTokenReview(async () => clusters.client(clusters.currentContext()), audience);
  }, {});
}

function openAccess({ host, oauthIssuers, serviceAccountAudience }: Settings, local: boolean): undefined {
  if (!local) requireLoopback(host);
  const [set] = [
    ...(oauthIssuers.length > 0 ? ['SLUICE_OAUTH_ISSUERS'] : []),
    ...(serviceAccountAudience === undefined ? [] : ['SLUICE_SERVICE_ACCOUNT_AUDIENCE']),
  ];
  if (set !== undefined)
    throw new SluiceError('CONFIG_INVALID', `SLUICE_LOCAL_ACCESS=open: nobody is asked, and ${set} is set.`, {
      next: 'Unset one of them.',
    });
  return undefined;
}

/** A server that others can reach, and that nobody may call, is a mistake. */
function requireWayIn(settings: Settings): void {
  const { host, publicUrl, oauthIssuers, serviceAccountAudience: audience } = settings;
  if (oauthIssuers.length === 0 && audience === undefined && !hasKeys(keysPath(settings))) requireLoopback(host);
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
