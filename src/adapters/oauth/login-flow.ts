import * as oauth from 'openid-client';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { listenForRedirect } from './loopback-redirect.ts';

/** What a login has given. It is a secret, except for the issuer, the resource and the client. */
export interface LoginTokens {
  readonly issuer: string;
  /** The address that the token is made for (RFC 8707). */
  readonly resource: string;
  readonly clientId: string;
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

export interface LoginOptions {
  readonly issuer: string;
  readonly resource: string;
  /** Absent: the command line registers itself with the issuer (RFC 7591). */
  readonly clientId?: string | undefined;
  readonly scopes: readonly string[];
  readonly device: boolean;
  readonly show: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A person has this long to log in. */
const LOGIN_MS = 10 * 60_000;
/** The life of a token whose issuer does not say it. */
const SHORT_S = 60;
const REDIRECT = 'http://127.0.0.1/callback';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Logs a person in. Errors: UNAUTHENTICATED, CREDENTIALS_UNAVAILABLE, CONFIG_INVALID. */
export async function logIn(options: LoginOptions): Promise<LoginTokens> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(LOGIN_MS)]);
  const { config, clientId } = await clientOf(options);
  const { resource } = options;
  const parameters = { resource, scope: scopeFor(config, options.scopes) };
  const tokens = await (options.device
    ? byDevice(config, parameters, options.show, signal)
    : byRedirect(config, parameters, options.show, signal));
  return { issuer: options.issuer, resource, clientId, ...toTokens(tokens) };
}

/** The tokens after a renewal. Errors: UNAUTHENTICATED, CREDENTIALS_UNAVAILABLE. */
export async function renew(old: LoginTokens & { readonly refreshToken: string }): Promise<LoginTokens> {
  const config = await discovered(old.issuer, old.clientId);
  const answer = await explained('renewed', old.issuer, () =>
    oauth.refreshTokenGrant(config, old.refreshToken, { resource: old.resource }),
  );
  // An issuer that does not rotate refresh tokens sends none.
  return { ...old, ...toTokens(answer) };
}

/**
 * Whether the issuer has revoked the login (RFC 7009): its refresh token, or else its access token. Many issuers cannot
 * revoke an access token that is a JWT.
 */
export async function revoke({ issuer, clientId, accessToken, refreshToken }: LoginTokens): Promise<boolean> {
  try {
    const config = await discovered(issuer, clientId);
    if (config.serverMetadata().revocation_endpoint === undefined) return false;
    await oauth.tokenRevocation(config, refreshToken ?? accessToken);
    return true;
  } catch {
    return false;
  }
}

type Answer = oauth.TokenEndpointResponse & oauth.TokenEndpointResponseHelpers;

function toTokens(answer: Answer): Pick<LoginTokens, 'accessToken' | 'refreshToken' | 'expiresAt'> {
  const { access_token: accessToken, refresh_token: refreshToken } = answer;
  const expiresAt = Date.now() + (answer.expiresIn() ?? SHORT_S) * 1000;
  return { accessToken, expiresAt, ...(refreshToken !== undefined && { refreshToken }) };
}

/** `offline_access` asks for a refresh token where the issuer knows the word; others send one anyway. */
function scopeFor(config: oauth.Configuration, scopes: readonly string[]): string {
  const known = config.serverMetadata().scopes_supported ?? [];
  return [...['openid', 'offline_access'].filter((one) => known.includes(one)), ...scopes].join(' ');
}

async function byRedirect(
  config: oauth.Configuration,
  parameters: Readonly<Record<string, string>>,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<Answer> {
  const redirect = await listenForRedirect();
  try {
    const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
    const expectedState = oauth.randomState();
    const url = oauth.buildAuthorizationUrl(config, {
      ...parameters,
      redirect_uri: redirect.uri,
      code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      // Without it an issuer of OpenID Connect gives no refresh token.
      ...(parameters['scope']?.includes('offline_access') && { prompt: 'consent' }),
    });
    show(`Open this address in a browser on this machine, and log in:\n${url.href}`);
    return await explained('finished', issuerOf(config), async () =>
      oauth.authorizationCodeGrant(
        config,
        await redirect.answer(signal),
        { pkceCodeVerifier, expectedState },
        { resource: parameters['resource'] as string },
      ),
    );
  } finally {
    redirect.close();
  }
}

async function byDevice(
  config: oauth.Configuration,
  parameters: Readonly<Record<string, string>>,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<Answer> {
  if (config.serverMetadata().device_authorization_endpoint === undefined)
    throw new SluiceError('CONFIG_INVALID', `${issuerOf(config)} has no login by a code (RFC 8628).`, {
      next: 'Log in without --device, in a browser on this machine.',
    });
  return explained('finished', issuerOf(config), async () => {
    const begun = await oauth.initiateDeviceAuthorization(config, parameters);
    show(`Open ${begun.verification_uri} on any device, and enter this code: ${begun.user_code}`);
    return oauth.pollDeviceAuthorizationGrant(
      config,
      begun,
      { resource: parameters['resource'] as string },
      { signal },
    );
  });
}

async function clientOf({ issuer, clientId, device }: LoginOptions) {
  if (clientId !== undefined) return { config: await discovered(issuer, clientId), clientId };
  const config = await explained('begun', issuer, () => registered(issuer, device));
  return { config, clientId: config.clientMetadata().client_id };
}

async function registered(issuer: string, device: boolean): Promise<oauth.Configuration> {
  const known = await discovered(issuer, 'unregistered');
  if (known.serverMetadata().registration_endpoint === undefined)
    throw new SluiceError('CONFIG_INVALID', `${issuer} does not register clients by itself (RFC 7591).`, {
      next: `Register a public client there, with the redirect address ${REDIRECT} on any port, and set SLUICE_OAUTH_CLIENT_ID to its id.`,
    });
  const metadata = {
    client_name: 'Sluice command line',
    application_type: 'native',
    redirect_uris: [REDIRECT],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token', ...(device ? [DEVICE_GRANT] : [])],
    token_endpoint_auth_method: 'none',
  };
  return oauth.dynamicClientRegistration(new URL(issuer), metadata, oauth.None(), optionsFor(issuer));
}

function discovered(issuer: string, clientId: string): Promise<oauth.Configuration> {
  return explained('begun', issuer, () =>
    oauth.discovery(new URL(issuer), clientId, undefined, oauth.None(), optionsFor(issuer)).catch(() =>
      oauth.discovery(new URL(issuer), clientId, undefined, oauth.None(), {
        ...optionsFor(issuer),
        algorithm: 'oauth2',
      }),
    ),
  );
}

/** http:// is possible on loopback only: the settings refuse other issuers without TLS. */
const optionsFor = (issuer: string) => ({
  timeout: 10,
  ...(issuer.startsWith('http:') ? { execute: [oauth.allowInsecureRequests] } : {}),
});

const issuerOf = (config: oauth.Configuration): string => config.serverMetadata().issuer;

/** The message of an issuer is shown; a token never is in it. */
async function explained<T>(what: string, issuer: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    const text = `The login at ${issuer} could not be ${what}: ${reasonOf(error)}.`;
    if (isRefusal(error)) throw new SluiceError('UNAUTHENTICATED', text, { next: 'Log in again: sluice login.' });
    throw new SluiceError('CREDENTIALS_UNAVAILABLE', text, {
      next: 'See whether the issuer answers from this machine, then repeat sluice login.',
    });
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof oauth.ResponseBodyError ||
  error instanceof oauth.AuthorizationResponseError ||
  (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name));

function reasonOf(error: unknown): string {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError)
    return cleanText(error.error_description ?? error.error, 200);
  if (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name))
    return 'nobody has logged in in time';
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return cleanText(`${error instanceof Error ? error.message : String(error)}${cause}`, 200);
}
