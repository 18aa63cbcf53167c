import { SluiceError } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import { Refusal } from './schema.ts';

/**
 * An answer that does not come from Prometheus' API. The field must not be named `response`, because the package would
 * then treat it as one of its own errors.
 */
export class NoAnswer extends Error {
  readonly came: Came | undefined;
  readonly code: string;

  constructor(message: string, { came, code = '' }: { came?: Came; code?: string | undefined } = {}) {
    super(message);
    this.came = came;
    this.code = code;
  }
}

interface Came {
  readonly status: number;
  readonly location?: string | undefined;
  /** Parsed JSON, or the text unchanged. */
  readonly data: unknown;
}

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME/;
const OWN_CERTIFICATE =
  /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)|BAD_CERTIFICATE|CERTIFICATE_REQUIRED/i;

/**
 * Only Prometheus' own refusals are failed queries. A login page, a proxy's error or silence counts as an unreachable
 * Prometheus, and the message says so.
 */
export function toFailure(
  { message, came, code }: NoAnswer,
  what: string,
  clean: (text: string) => string,
): SluiceError {
  return came
    ? ofResponse(came, what, (text) => cleanText(maskSecrets(clean(text)), 300))
    : ofSilence(cleanText(maskSecrets(clean(message)), 300), code);
}

function ofResponse({ status, location, data }: Came, what: string, clean: (text: string) => string): SluiceError {
  const refusal = Refusal.safeParse(data).data;
  if ([401, 403, 407].includes(status))
    return new SluiceError(
      'PROMETHEUS_DENIED',
      `Prometheus refuses the credentials (${status})${clean(said(data, refusal?.error))}`,
    );
  if (status >= 300 && status < 400) return redirected(clean(place(location)));
  if (refusal && refusal.errorType !== 'unavailable')
    return new SluiceError('QUERY_FAILED', `Prometheus answered ${status} to ${clean(what)}: ${clean(refusal.error)}`);
  const next =
    status === 404 || status < 300
      ? 'Set SLUICE_PROMETHEUS_URL to the base address, without /api/v1; a proxy that asks people to log in needs a token.'
      : undefined;
  return new SluiceError(
    'PROMETHEUS_UNREACHABLE',
    `Prometheus does not answer: something else does, with ${status}${clean(said(data, refusal?.error))}`,
    { details: { status }, ...(next && { next }) },
  );
}

function redirected(to: string): SluiceError {
  return new SluiceError(
    'PROMETHEUS_UNREACHABLE',
    `Prometheus does not answer: its address leads on to ${to}. Redirects are not followed, so that credentials go nowhere else.`,
    {
      next: 'Set SLUICE_PROMETHEUS_URL to where Prometheus itself answers; if that is a login page, set a token.',
    },
  );
}

/** The URL without its query, which may contain a state or a ticket. */
function place(location = 'an unknown place'): string {
  return location.split(/[?#]/, 1)[0] ?? '';
}

/** The error's own text: the message of JSON, the title of a page, or the beginning of any other body. */
function said(data: unknown, error?: string): string {
  if (error !== undefined) return `: ${error}`;
  if (typeof data === 'object' && data !== null) return `: ${JSON.stringify(data).slice(0, 200)}`;
  const text = typeof data === 'string' ? data.trim() : '';
  if (!text.startsWith('<')) return text === '' ? ' and nothing else' : `: ${text.slice(0, 200)}`;
  const title = /<title[^>]*>([^<]{1,200})/i.exec(text)?.[1]?.trim();
  return title ? ` and a web page, “${title}”` : ' and a web page';
}

function ofSilence(reason: string, code: string): SluiceError {
  if (OWN_CERTIFICATE.test(code))
    return new SluiceError('PROMETHEUS_DENIED', `Prometheus refuses the TLS connection (${code}): ${reason}`, {
      next: 'Set SLUICE_PROMETHEUS_CERT_FILE and SLUICE_PROMETHEUS_KEY_FILE to a certificate that it trusts.',
    });
  const next = UNTRUSTED.test(code)
    ? 'Set SLUICE_PROMETHEUS_CA_FILE to the authority that signed its certificate, and SLUICE_PROMETHEUS_URL to a name that the certificate has.'
    : undefined;
  return new SluiceError(
    'PROMETHEUS_UNREACHABLE',
    `Prometheus does not answer${code ? ` (${code})` : ''}: ${reason}`,
    next ? { next } : {},
  );
}
