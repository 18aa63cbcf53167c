import { accessRules } from '../contract/access-rules.ts';
import { problemsOf } from '../contract/parse.ts';
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
