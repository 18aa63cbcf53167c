import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';

/**
 * `release/<cluster>/<namespace>/<rollout>`, or `<namespace>/<rollout>` in the cluster of `--cluster` or the current
 * one. Errors: INVALID_INPUT.
 */
export function releaseRef(text: string, cluster: string | undefined): Record<string, unknown> {
  const parts = text.split('/');
  if (parts.length === 1)
    throw new SluiceError(
      'INVALID_INPUT',
      `"${cleanText(text, 80)}" is no release: give <namespace>/<rollout>, or release/<cluster>/<namespace>/<rollout>.`,
    );
  if (text.startsWith('release/') || parts.length !== 2) return { release_id: text };
  const [namespace, rollout] = parts;
  return { target: { ...(cluster === undefined ? {} : { cluster }), namespace, rollout } };
}
