import { accessRules } from '../contract/access-rules.ts';
import { problemsOf } from '../contract/parse.ts';
import { impersonationRules } from '../contract/impersonation.ts';
import type { ImpersonationRule } from '../domain/access/impersonation.ts';
import type { AccessRules } from '../domain/access/rules.ts';

/**
 * Reads the section `access` of a settings file. Without it there are no rules. `problems`: why it cannot be used. A
 * rule that cannot be read may be the one that refuses, so the whole section is then refused.
 */
export function readAccess(section: unknown): { readonly access?: AccessRules; readonly problems: readonly string[] } {
  if (section === undefined) return { problems: [] };
  const parsed = accessRules.safeParse(section);
  if (parsed.success) return { access: parsed.data, problems: [] };
  const problems = problemsOf(accessRules, section, ['access']).map(({ path, message }) => `${path}: ${message}`);
  return { problems };
}

/**
 * Reads the section `impersonate` of a settings file. Without it, every request to Kubernetes is that of this process.
 * `problems`: why it cannot be used.
 */
export function readImpersonation(section: unknown): {
  readonly impersonate?: readonly ImpersonationRule[];
  readonly problems: readonly string[];
} {
  if (section === undefined) return { problems: [] };
  const parsed = impersonationRules.safeParse(section);
  if (parsed.success) return { impersonate: parsed.data, problems: [] };
  const problems = problemsOf(impersonationRules, section, ['impersonate']);
  return { problems: problems.map(({ path, message }) => `${path}: ${message}`) };
}
