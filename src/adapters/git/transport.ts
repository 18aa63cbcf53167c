import type { GitUrl } from '../../domain/onboarding/git-url.ts';

/** Only the transport of the address itself is allowed, also after a redirect. */
export function transport({ scheme }: GitUrl): Readonly<Record<string, string>> {
  return { GIT_ALLOW_PROTOCOL: scheme, GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o StrictHostKeyChecking=yes' };
}
