import { createHmac } from 'node:crypto';

/**
 * The header `webhook-signature` of Standard Webhooks: HMAC-SHA256 over id, time and body. `secret`: base64, with or
 * without the prefix `whsec_`. `seconds`: the header `webhook-timestamp`.
 */
export function signature(secret: string, id: string, seconds: number, body: string): string {
  const key = Buffer.from(secret.trim().replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}
