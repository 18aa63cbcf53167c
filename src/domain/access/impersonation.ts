import { SluiceError } from '../errors.ts';
import { OS, principalOf, responsibleOf, type Caller } from './caller.ts';

/** The issuer of service accounts in records and rules. Their subject is `<namespace>:<name>`. */
export const KUBERNETES = 'kubernetes';
export const SUBJECT = '{subject}';
export const GROUP = '{group}';

/** How callers of one issuer are named in Kubernetes. */
export interface ImpersonationRule {
  readonly issuer: string;
  /** With the placeholder {subject}. */
  readonly user: string;
  /** With the placeholder {group}, for each group of the caller. If absent, no group is passed on. */
  readonly group?: string | undefined;
}

/** A user of Kubernetes, as its RBAC and its audit log name one. */
export interface Account {
  readonly user: string;
  readonly groups: readonly string[];
}

/**
 * The account with which the requests of a call reach Kubernetes. Undefined: the account of this process, because
 * nothing is set, or because the caller is the user of the operating system, who has that account anyway. Errors:
 * ACCESS_DENIED for a caller whom no rule names.
 */
export function accountFor(caller: Caller, rules: readonly ImpersonationRule[] | undefined): Account | undefined {
  if (rules === undefined) return undefined;
  const responsible = responsibleOf(caller);
  if (responsible?.issuer === OS) return undefined;
  const rule = rules.find(({ issuer }) => issuer === responsible?.issuer);
  if (!rule || !responsible)
    throw new SluiceError(
      'ACCESS_DENIED',
      `${principalOf(responsible)} has no account in Kubernetes: the section impersonate of the settings names no issuer like this.`,
      {
        next: `Add an entry with the issuer ${responsible?.issuer ?? 'of the caller'}, or call with another credential.`,
      },
    );
  return {
    user: rule.user.replaceAll(SUBJECT, () => responsible.subject),
    groups: rule.group === undefined ? [] : (caller.groups ?? []).map((one) => groupIn(rule.group as string, one)),
  };
}

const groupIn = (template: string, group: string): string => template.replaceAll(GROUP, () => group);
