import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../config/schema.ts';
import type { LoginTokens } from '../adapters/oauth/login-flow.ts';
import type { SessionFile } from '../adapters/credentials/session-file.ts';
import type { Principal } from '../domain/access/caller.ts';
import { scopeOf } from '../domain/access/oauth-scope.ts';
import { SluiceError } from '../domain/errors.ts';
import type { LoggedIn, Login } from '../domain/access/login.ts';

/** A token that ends sooner is renewed before it is used. */
const EARLY_MS = 60_000;
const AGAIN =
  'Log in again: sluice login. Or end the login: sluice logout; then the user of the operating system calls.';

/** The login of the person at the command line, in a file of SLUICE_HOME. Its packages are loaded where it is used. */
export function loginOf(settings: Settings): Login {
  const path = resolve(settings.home, 'login.json');
  return {
    async begin(request) {
      const { issuer, resource } = placeOf(settings);
      const { logIn } = await import('../adapters/oauth/login-flow.ts');
      const { device, show, signal, permissions } = request;
      const scopes = permissions.map(scopeOf);
      const tokens = await logIn({ issuer, resource, clientId: settings.oauthClientId, scopes, device, show, signal });
      const found = await proven(tokens, settings);
      (await fileAt(path)).write(tokens);
      return found;
    },
    async current() {
      if (!existsSync(path)) return undefined;
      const tokens = await renewed(await fileAt(path));
      return tokens && proven(tokens, settings);
    },
    async end() {
      if (!existsSync(path)) return undefined;
      const file = await fileAt(path);
      const tokens = file.read();
      // Also when the issuer does not answer, the tokens must not stay here.
      file.remove();
      if (!tokens) return undefined;
      const { revoke } = await import('../adapters/oauth/login-flow.ts');
      return { revoked: await revoke(tokens), expiresAt: tokens.expiresAt };
    },
  };
}

/** Where people log in, and what their tokens are made for. Errors: CONFIG_INVALID. */
function placeOf({ oauthIssuers: [issuer, other], publicUrl }: Settings): { issuer: string; resource: string } {
  const next = 'Set SLUICE_OAUTH_ISSUERS and SLUICE_PUBLIC_URL as the server has them.';
  if (issuer === undefined || publicUrl === undefined)
    throw new SluiceError('CONFIG_INVALID', 'The settings name no authorization server to log in at.', { next });
  if (other !== undefined)
    throw new SluiceError('CONFIG_INVALID', 'The settings name several authorization servers.', {
      next: 'Name the one of the person for this command: sluice login --set SLUICE_OAUTH_ISSUERS=<issuer>.',
    });
  return { issuer, resource: `${publicUrl}/engine/v1` };
}

async function fileAt(path: string): Promise<SessionFile<LoginTokens>> {
  return (await import('../adapters/credentials/session-file.ts')).sessionFile(path, isTokens);
}

const isTokens = (value: unknown): value is LoginTokens => {
  const { issuer, resource, clientId, accessToken, expiresAt } = Object(value) as Record<string, unknown>;
  return (
    [issuer, resource, clientId, accessToken].every((one) => typeof one === 'string') && typeof expiresAt === 'number'
  );
};

const isFresh = ({ expiresAt }: LoginTokens): boolean => expiresAt - Date.now() > EARLY_MS;

/** Of several processes one renews the tokens, because a refresh token may be used once only. */
async function renewed(file: SessionFile<LoginTokens>): Promise<LoginTokens | undefined> {
  const before = file.read();
  if (!before || isFresh(before) || before.refreshToken === undefined) return before;
  return file.alone(async () => {
    const now = file.read();
    const refreshToken = now?.refreshToken;
    if (!now || isFresh(now) || refreshToken === undefined) return now;
    const { renew } = await import('../adapters/oauth/login-flow.ts');
    const tokens = await renew({ ...now, refreshToken }).catch((error: unknown) => {
      throw ended(error, now);
    });
    file.write(tokens);
    return tokens;
  });
}

function ended(error: unknown, { issuer }: LoginTokens): unknown {
  if (!(error instanceof SluiceError) || error.code !== 'UNAUTHENTICATED') return error;
  return new SluiceError('UNAUTHENTICATED', `The login at ${issuer} has ended: ${error.message}`, { next: AGAIN });
}

/** Whom the tokens prove, by the checks of the server. Errors: UNAUTHENTICATED, CREDENTIALS_UNAVAILABLE. */
async function proven(tokens: LoginTokens, settings: Settings): Promise<LoggedIn> {
  const { issuer, resource, accessToken, expiresAt, refreshToken } = tokens;
  const principal = await principalOf(accessToken, resource, settings);
  if (principal) return { principal, expiresAt, renewable: refreshToken !== undefined };
  const known = settings.oauthIssuers.includes(issuer);
  const why = known
    ? `its token is not valid for ${resource}, or has expired`
    : 'SLUICE_OAUTH_ISSUERS does not name it';
  throw new SluiceError('UNAUTHENTICATED', `The login at ${issuer} proves nobody: ${why}.`, { next: AGAIN });
}

/** The person, without the program: the command line is what they type into. */
async function principalOf(token: string, resource: string, settings: Settings): Promise<Principal | undefined> {
  const { oauthIssuers: issuers, oauthAlgorithms: algorithms, oauthGroupsClaim: groupsClaim, publicUrl } = settings;
  if (publicUrl === undefined || resource !== `${publicUrl}/engine/v1`) return undefined;
  const { createOAuth } = await import('../adapters/oauth/index.ts');
  const found = await createOAuth({ issuers, audiences: [resource], algorithms, groupsClaim }).authenticate(token);
  if (!found) return undefined;
  const { agent: _, ...principal } = found;
  return principal;
}
