import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';

const CALLBACK = 'http://127.0.0.1:1/callback';

/**
 * What an MCP client keeps of a login, and a person at a browser: they enter their name on the pages of the development
 * login of oidc-provider, and agree.
 */
export class LoginClient {
  readonly redirectUrl = CALLBACK;
  readonly clientMetadata = {
    client_name: 'agent',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  readonly #name: string;
  #client: unknown;
  #tokens: unknown;
  #verifier = '';
  #found: unknown;
  #answer: Promise<LoginAnswer> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  clientInformation = (): unknown => this.#client;
  saveClientInformation = (client: unknown): void => void (this.#client = client);
  tokens = (): unknown => this.#tokens;
  saveTokens = (tokens: unknown): void => void (this.#tokens = tokens);
  saveCodeVerifier = (verifier: string): void => void (this.#verifier = verifier);
  codeVerifier = (): string => this.#verifier;
  saveDiscoveryState = (state: unknown): void => void (this.#found = state);
  discoveryState = (): unknown => this.#found;
  redirectToAuthorization = (url: URL): void => void (this.#answer = agree(url, this.#name));

  /** What the browser was sent back with. */
  answer(): Promise<LoginAnswer> {
    return this.#answer ?? Promise.reject(new Error('nobody was asked to log in'));
  }
}

/** `iss`: the authorization server, as RFC 9207 says. */
interface LoginAnswer {
  readonly code: string;
  readonly iss: string;
}

interface Page {
  readonly location?: string;
  readonly body: string;
}

/** The access token that a person gets through a client that the authorization server knows, by PKCE. */
export async function loggedInBy(
  client: string,
  person: string,
  { issuer, scope, resource }: { readonly issuer: string; readonly scope: string; readonly resource: string },
): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const asked = { client_id: client, redirect_uri: CALLBACK, resource };
  const proof = { code_challenge: challenge, code_challenge_method: 'S256' };
  const query = new URLSearchParams({ ...asked, response_type: 'code', scope, ...proof });
  const { code } = await agree(new URL(`${issuer}/auth?${query.toString()}`), person);
  const exchange = { ...asked, grant_type: 'authorization_code', code, code_verifier: verifier };
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(exchange) });
  const { access_token: token } = (await answer.json()) as { readonly access_token?: string };
  if (token === undefined) throw new Error(`no token for ${person}: ${answer.status}`);
  return token;
}

async function agree(url: URL, name: string): Promise<LoginAnswer> {
  return answerIn(await browse(url, name, (location) => location?.startsWith(CALLBACK) === true));
}

/** A person at a browser: follows the pages, and returns the address where `isEnd` stops them, or the last page's. */
export async function browse(
  url: URL,
  name: string,
  isEnd: (location: string | undefined, body: string) => boolean,
): Promise<string> {
  const cookies = new Map<string, string>();
  let at = url.href;
  let form: string | undefined;
  for (let step = 0; step < 20; step += 1) {
    const page = await load(at, cookies, form);
    form = undefined;
    if (isEnd(page.location, page.body)) return page.location ?? at;
    if (page.location !== undefined) at = new URL(page.location, at).href;
    else {
      const action = /<form[^>]+action="([^"]+)"/.exec(page.body)?.[1] ?? '';
      at = new URL(action, at).href;
      form = formOf(page.body, name);
    }
  }
  throw new Error('the login does not end');
}

/** The fields that the page has filled in, and the name of the person. */
function formOf(body: string, name: string): string {
  const fields = new URLSearchParams();
  for (const [input] of body.matchAll(/<input[^>]*type="hidden"[^>]*>/g))
    fields.set(/name="([^"]*)"/.exec(input)?.[1] ?? '', /value="([^"]*)"/.exec(input)?.[1] ?? '');
  if (body.includes('name="login"'))
    for (const [key, value] of [
      ['login', name],
      ['password', 'x'],
    ] as const)
      fields.set(key, value);
  return fields.toString();
}

function answerIn(location: string): LoginAnswer {
  const { searchParams } = new URL(location);
  const code = searchParams.get('code');
  if (code === null) throw new Error(`no code: ${searchParams.get('error_description')}`);
  return { code, iss: searchParams.get('iss') ?? '' };
}

/** fetch does not keep cookies. */
function load(url: string, cookies: Map<string, string>, form?: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    const headers = {
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const outgoing = request(url, { method: form === undefined ? 'GET' : 'POST', headers }, (response) => {
      for (const line of response.headers['set-cookie'] ?? []) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      const { location } = response.headers;
      response.on('end', () => resolve({ body, ...(location === undefined ? {} : { location }) }));
    });
    outgoing.on('error', reject);
    outgoing.end(form);
  });
}
