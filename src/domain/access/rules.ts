import { responsibleOf, type Caller, type IdentityKind } from './caller.ts';
import type { Permission } from './permission.ts';

/**
 * Whom a rule is about. Every given field has to fit. `issuer`, `subject` and `group` are those of the responsible one,
 * `kind` is that of the one who calls: a rule for persons does not fit an agent that acts for a person.
 */
export interface Who {
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly group?: string | undefined;
  readonly kind?: IdentityKind | undefined;
}

/** One rule: `who` may do this. An absent list does not limit. */
export interface AccessRule {
  /** Its name in answers. */
  readonly name: string;
  readonly who: Who;
  readonly permissions: readonly Permission[];
  /** Contexts of the kubeconfig. */
  readonly clusters?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  /** `<namespace>/<name>`. */
  readonly targets?: readonly string[] | undefined;
  /** Names of tools and of toolsets. */
  readonly tools?: readonly string[] | undefined;
}

/** Without rules, only the credential of a caller limits it. With rules, a caller may do what one of them allows. */
export type AccessRules = readonly AccessRule[];

export function fits({ issuer, subject, group, kind }: Who, caller: Caller): boolean {
  const responsible = responsibleOf(caller);
  if (!responsible) return false;
  return (
    (issuer === undefined || issuer === responsible.issuer) &&
    (subject === undefined || subject === responsible.subject) &&
    (group === undefined || (caller.groups ?? []).includes(group)) &&
    (kind === undefined || kind === caller.identity?.kind)
  );
}
