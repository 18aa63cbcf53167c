import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { SluiceError } from '../../domain/errors.ts';
import type { Connection, Secret } from './connection.ts';

/** The credentials of a request to Prometheus. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** Secret texts. They must not appear in any message. */
  readonly secrets: readonly string[];
}

/** Shorter secrets would match ordinary words of messages. */
const MIN_SECRET = 4;
/** A header's value may be the name of a tenant, which messages should contain, or a key. */
const SECRET_HEADER = /auth|key|token|secret|cookie|password/i;
const MIN_SECRET_HEADER = 16;

/** Errors: CONFIG_INVALID when a file cannot be read. */
export function readCredentials({ url, headers = {}, bearerToken, basic }: Connection): Credentials {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    SECRET_HEADER.test(name) || value.length >= MIN_SECRET_HEADER ? [value] : [],
  );
  const own = bearerToken
    ? bearer(reveal(bearerToken))
    : basic
      ? basicOf(basic.username, reveal(basic.password))
      : { headers: {}, secrets: [] };
  return {
    headers: { ...headers, ...own.headers },
    secrets: [...given, ...own.secrets, ...ofUrl(url)].filter((secret) => secret.length >= MIN_SECRET),
  };
}

/** The package sends these as basic authentication. */
function ofUrl(url: string): readonly string[] {
  const { username, password } = new URL(url);
  return password === '' ? [] : basicOf(decodeURIComponent(username), decodeURIComponent(password)).secrets;
}

function bearer(token: string): Credentials {
  return { headers: { Authorization: `Bearer ${token}` }, secrets: [token] };
}

function basicOf(username: string, password: string): Credentials {
  const pair = Buffer.from(`${username}:${password}`).toString('base64');
  return { headers: { Authorization: `Basic ${pair}` }, secrets: [pair, password] };
}

function reveal(secret: Secret): string {
  return 'value' in secret ? secret.value : readText(secret.file).trim();
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new SluiceError('CONFIG_INVALID', `Prometheus was not asked: ${file} cannot be read (${code}).`, {
      next: 'Make the file of the SLUICE_PROMETHEUS_… setting readable for this process.',
    });
  }
}

/**
 * Returns the TLS agent for the current files. It is the same agent until they change, so that connections are reused.
 */
export function agentSource({ caFile, certFile, keyFile }: NonNullable<Connection['tls']>): () => Agent {
  let last: { readonly content: string; readonly agent: Agent } | undefined;
  return () => {
    const [ca, cert, key] = [caFile, certFile, keyFile].map((file) => file && readText(file));
    const content = JSON.stringify([ca, cert, key]);
    if (last?.content === content) return last.agent;
    // The previous agent stays in use for its running requests.
    last = {
      content,
      agent: new Agent({ keepAlive: true, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }),
    };
    return last.agent;
  };
}

/** Removes the secrets from a text that another program wrote. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
