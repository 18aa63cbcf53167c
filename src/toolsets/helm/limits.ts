import type { HelmCall } from '../../ports/helm.ts';
import type { CommandContext } from '../../commands/command.ts';

/** A chart that does not end, or a repository that does not answer. */
const READ_MS = 60_000;
/** What Helm needs around its hooks, and after SIGTERM. */
const AROUND_HOOKS_MS = 90_000;

export function reading({ signal }: CommandContext): HelmCall {
  return { signal, timeoutMs: READ_MS };
}

export function writing({ signal }: CommandContext, hookSeconds: number): HelmCall {
  return { signal, timeoutMs: hookSeconds * 1000 + AROUND_HOOKS_MS };
}
