import { z } from 'zod';
import { commaList, setting } from '../contract/setting.ts';
import { isLoopback } from '../domain/onboarding/image-reference.ts';

/** Algorithms of signatures with a public and a private key. A shared secret would let the server make tokens. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const safeUrl = z
  .string()
  .refine((value) => /^https?:\/\//.test(value) && URL.canParse(value), 'must be an https:// URL')
  .refine(
    (value) => value.startsWith('https:') || isLoopback(new URL(value).hostname),
    'must be an https:// URL: without TLS others could read the tokens (http:// is possible on loopback only)',
  );

const audience: z.ZodType<string | undefined, string> = z.string().trim().min(1).max(500);

const publicUrl: z.ZodType<string | undefined, string> = safeUrl
  .refine((value) => {
    const { pathname, search, hash } = new URL(value);
    return pathname === '/' && search === '' && hash === '';
  }, 'must have no path: /mcp and /engine/v1 follow it')
  .transform((value) => new URL(value).origin);

/** How callers of the HTTP server prove who they are. */
export const ACCESS_SETTINGS = {
  localAccess: setting(
    'SLUICE_LOCAL_ACCESS',
    z.string().pipe(z.enum(['token', 'open'])),
    'token',
    'Calls on loopback: token, each needs a credential, for example the output of `sluice token`; open, every account of this machine may call.',
  ),
  tokenFile: setting(
    'SLUICE_TOKEN_FILE',
    z.string().trim().min(1),
    'token',
    'File with the token of the user who has started the server, relative to SLUICE_HOME; made if missing. Accepted on loopback only.',
  ),
  keys: setting(
    'SLUICE_KEYS',
    z.string().trim().min(1),
    'keys',
    'Folder with the hashes of the keys of machines, relative to SLUICE_HOME: `sluice key`.',
  ),
  publicUrl: setting(
    'SLUICE_PUBLIC_URL',
    publicUrl,
    undefined,
    'Address at which clients reach the server, as in https://sluice.example. Access tokens have to be made for its /mcp or /engine/v1, at `sluice gateway` for its /servers.',
  ),
  oauthIssuers: setting(
    'SLUICE_OAUTH_ISSUERS',
    commaList.pipe(z.array(safeUrl)),
    [],
    'Authorization servers whose access tokens (JWT) are accepted, exactly as tokens name them, separated by commas. Needs SLUICE_PUBLIC_URL.',
  ),
  oauthClientId: setting(
    'SLUICE_OAUTH_CLIENT_ID',
    audience,
    undefined,
    'Id of the public client with which `sluice login` logs people in; unset: it registers itself with the authorization server.',
  ),
  oauthPersonClients: setting(
    'SLUICE_OAUTH_PERSON_CLIENTS',
    commaList.pipe(z.array(z.string().min(1).max(200))),
    [],
    'Clients of the authorization servers that are programs of people themselves, such as a portal of your own, separated by commas. With their tokens a person calls over REST, and may approve; with those of other clients an agent calls for the person.',
  ),
  oauthAlgorithms: setting(
    'SLUICE_OAUTH_ALGORITHMS',
    commaList.refine(
      (list) => list.length > 0 && list.every((one) => ALGORITHMS.includes(one)),
      `must be some of ${ALGORITHMS.join(', ')}`,
    ),
    ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
    'Algorithms of signatures that access tokens may have, separated by commas.',
  ),
  serviceAccountAudience: setting(
    'SLUICE_SERVICE_ACCOUNT_AUDIENCE',
    audience,
    undefined,
    'Audience for which tokens of Kubernetes service accounts have to be made; unset: none are accepted. The current cluster reviews them. Needs rules of access, because such a token has no scopes.',
  ),
  oauthGroupsClaim: setting(
    'SLUICE_OAUTH_GROUPS_CLAIM',
    z.string().trim().min(1),
    'groups',
    'The claim of access tokens with the groups of a person, for rules of access.',
  ),
} as const;
