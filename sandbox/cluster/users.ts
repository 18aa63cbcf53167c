import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each part has its own user, so that the API server's records show which part did what. */
const USERS: Record<string, string> = {
  'sluice-admin': 'system:masters',
  'sluice-viewer': 'sluice-viewers',
  'sandbox-controllers': 'system:masters',
  'sandbox-scheduler': 'system:masters',
  'argo-rollouts': 'system:masters',
  traefik: 'system:masters',
  'node-agent': 'system:masters',
  flux: 'system:masters',
  kubelet: 'system:masters',
};

export function createTokens(): Record<string, string> {
  return Object.fromEntries(Object.keys(USERS).map((user) => [user, randomBytes(24).toString('base64url')]));
}

/** The API server reads users and the key that signs service account tokens from files. */
export function writeUserFiles(stateDir: string, tokens: Record<string, string>): void {
  const lines = Object.entries(tokens).map(([user, token]) => `${token},${user},${user},"${USERS[user] ?? ''}"`);
  writeFileSync(join(stateDir, 'tokens.csv'), `${lines.join('\n')}\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(stateDir, 'service-account.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), {
    mode: 0o600,
  });
}
