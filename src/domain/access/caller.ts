import type { Permission } from './permission.ts';

/** `agent`: a program that acts on its own, usually for a person. `machine`: a program without a person. */
export const IDENTITY_KINDS = ['person', 'agent', 'machine'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** Who somebody is. A subject is unique for its issuer only. */
export interface Identity {
  readonly kind: IdentityKind;
  /** Who says so: `os`, the operating system; `client`, an unproved name that a client gives itself; else a name. */
  readonly issuer: string;
  readonly subject: string;
  /** The name for people. It decides nothing. */
  readonly name: string;
}

/** The issuer of users of the operating system. */
export const OS = 'os';
/** The issuer of names that a client gives itself. Nobody has proved them. */
export const CLIENT = 'client';

/** The limits of the credential with which a caller came. Rules can narrow them, and never widen them. */
export interface Limits {
  readonly permissions: readonly Permission[];
  /** If absent, all. */
  readonly namespaces?: readonly string[];
}

export interface Caller {
  /** The text in records, e.g. `mcp:claude-code`, `cli:ada`. */
  readonly id: string;
  /** The interface of the call. */
  /** `worker`: a step of a delivery, for whoever has started it. */
  readonly kind: 'mcp' | 'cli' | 'http' | 'worker';
  /** Who calls. If absent, somebody of whom nothing is known. */
  readonly identity?: Identity;
  /** The person for whom an agent acts. */
  readonly onBehalfOf?: Identity;
  /** The groups of the responsible one, as the issuer says. */
  readonly groups?: readonly string[];
  /** If absent, the credential limits nothing. */
  readonly limits?: Limits;
}

/** A caller in a record: both the agent and the person for whom it acts. */
export interface CallerRecord extends Identity {
  readonly via: Caller['kind'];
  readonly on_behalf_of?: Identity;
}

export function recordOf({ identity, onBehalfOf, kind }: Caller): CallerRecord | undefined {
  return identity && { ...identity, via: kind, ...(onBehalfOf && { on_behalf_of: onBehalfOf }) };
}

/** The one whom rules are about: the person for whom an agent acts, else the one who calls. */
export function responsibleOf({ identity, onBehalfOf }: Caller): Identity | undefined {
  return onBehalfOf ?? identity;
}

/** An identity in one word, as in `os#ada`. */
export function principalOf(identity: Identity | undefined): string {
  return identity ? `${identity.issuer}#${identity.subject}` : 'an unknown caller';
}

/** Whom a credential proves. */
export interface Principal {
  readonly identity: Identity;
  /** The program that acts for the person, if the credential names it. */
  readonly agent?: Identity;
  /** The program is one of people themselves. Over REST the person calls then. Over MCP an agent does all the same. */
  readonly inPerson?: true;
  readonly groups?: readonly string[];
  readonly limits?: Limits;
}

/** The user of the operating system. */
export function osUser(name: string): Identity {
  return { kind: 'person', issuer: OS, subject: name, name };
}

/**
 * The caller with a credential, through an interface. `client`: the unproved name of an agent that calls. A machine
 * acts for nobody.
 */
export function callerWith(
  principal: Principal | undefined,
  { id, kind, client }: { readonly id: string; readonly kind: Caller['kind']; readonly client?: string },
): Caller {
  const said: Identity | undefined =
    client === undefined ? undefined : { kind: 'agent', issuer: CLIENT, subject: client, name: client };
  if (!principal) return { id, kind, ...(said && { identity: said }) };
  const { identity: proved, agent = said, groups, limits } = principal;
  const acting = proved.kind === 'person' && agent ? { identity: agent, onBehalfOf: proved } : { identity: proved };
  return { id: named(id, proved), kind, ...acting, ...(groups && { groups }), ...(limits && { limits }) };
}

/** The user of the operating system is known from the interface, so records keep their form. */
function named(id: string, { issuer, name }: Identity): string {
  return issuer === OS ? id : `${id}@${name}`;
}
