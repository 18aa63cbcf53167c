import { createHash } from 'node:crypto';
import { decodeJwt, type JWTPayload } from 'jose';
import type { ClusterClient } from '../kubernetes/cluster-client.ts';
import type { Authenticator } from '../../domain/access/authenticator.ts';
import type { Principal } from '../../domain/access/caller.ts';
import { KUBERNETES } from '../../domain/access/impersonation.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';

/** How long an answer is believed. A deleted service account is refused after this time at the latest. */
const BELIEVED_MS = 30_000;
/** Answers that are kept. A flood of tokens cannot fill the memory. */
const KEPT = 1_000;
const ACCOUNT = /^system:serviceaccount:([^:]+:[^:]+)$/;

type Reviewer = Pick<ClusterClient, 'reviewToken'>;
interface Answer {
  readonly until: number;
  readonly principal: Promise<Principal | undefined>;
}

/**
 * Tokens of Kubernetes service accounts, reviewed by the API server (authentication.k8s.io/v1 TokenReview). A token
 * that does not say that it is one, or is for another audience, is not sent there. A machine never approves.
 */
export function createTokenReview(
  reviewer: () => Promise<Reviewer>,
  audience: string,
  now: () => number = Date.now,
): Authenticator {
  const answers = new Map<string, Answer>();
  return {
    async authenticate(token) {
      if (!claims(token, audience, now())) return undefined;
      const key = createHash('sha256').update(token).digest('base64url');
      const known = answers.get(key);
      if (known && known.until > now()) return known.principal;
      const principal = review(reviewer, token, audience);
      if (answers.size >= KEPT) answers.clear();
      answers.set(key, { until: now() + BELIEVED_MS, principal });
      // A failure is no answer: the next call asks again.
      principal.catch(() => answers.delete(key));
      return principal;
    },
  };
}

/** Whether the unverified token says that it is of a service account, for the audience, and still valid. */
function claims(token: string, audience: string, now: number): boolean {
  let payload: JWTPayload;
  try {
    payload = decodeJwt(token);
  } catch {
    return false;
  }
  const { sub = '', aud = [], exp = 0 } = payload;
  return ACCOUNT.test(sub) && [aud].flat().includes(audience) && exp * 1_000 > now;
}

/** Errors: CREDENTIALS_UNAVAILABLE. */
async function review(
  reviewer: () => Promise<Reviewer>,
  token: string,
  audience: string,
): Promise<Principal | undefined> {
  try {
    const user = await (await reviewer()).reviewToken(token, audience);
    const [, account] = ACCOUNT.exec(user?.username ?? '') ?? [];
    if (!user || account === undefined) return undefined;
    return {
      identity: { kind: 'machine', issuer: KUBERNETES, subject: account, name: cleanText(account, 120) },
      groups: user.groups,
      limits: { permissions: ['admin'] },
    };
  } catch (error) {
    const why = error instanceof SluiceError ? `${error.code}: ${error.message}` : String(error);
    throw new SluiceError(
      'CREDENTIALS_UNAVAILABLE',
      `The cluster did not review the token of a service account. ${why}`,
      {
        next: 'Grant the account of the server the ClusterRole sluice-token-reviewer of deploy/rbac.yaml, by a ClusterRoleBinding, and see that the cluster answers.',
        cause: error,
      },
    );
  }
}
