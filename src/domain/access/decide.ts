import { principalOf, responsibleOf, type Caller } from './caller.ts';
import { permits, type Permission } from './permission.ts';
import { fits, type AccessRule, type AccessRules } from './rules.ts';

/** An object that a call touches. An absent field means all: every cluster, every namespace, every name. */
export interface Touched {
  readonly cluster?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** What a call needs. */
export interface Need {
  readonly tool: string;
  readonly toolset: string;
  readonly permission: Permission;
  /** Empty: no object of a cluster. */
  readonly touched: readonly Touched[];
}

/**
 * `namespaces`: the call may see these only. If absent, the decision does not limit them. `lacks`: the permission that
 * the credential does not have. A credential with it may be enough.
 */
export type Decision =
  | { readonly allowed: true; readonly why: string; readonly namespaces?: readonly string[] }
  | { readonly allowed: false; readonly why: string; readonly lacks?: Permission };

/**
 * Whether the caller may do it, and why. Every touched object needs a rule that allows all of the call. A call that
 * reads in every namespace is narrowed to those that its rules name.
 */
export function decide(caller: Caller, need: Need, rules: AccessRules | undefined): Decision {
  const name = principalOf(responsibleOf(caller));
  const permission = neededBy(need);
  const { limits } = caller;
  if (limits && !permits(limits.permissions, permission))
    return refuse(
      `the credential of ${name} permits ${limits.permissions.join(', ') || 'nothing'}, and ${need.tool} needs ${permission}`,
      permission,
    );
  const own: AccessRule[] = limits
    ? [{ name: 'the credential', who: {}, permissions: limits.permissions, namespaces: limits.namespaces }]
    : [];
  const byCredential = limits ? join(own, need, permission) : { allowed: true as const, why: '' };
  if (!byCredential.allowed || !rules)
    return byCredential.allowed
      ? { ...byCredential, why: byCredential.why || `${name} is limited by no rule and no credential` }
      : byCredential;
  const byRules = join(
    rules.filter(({ who }) => fits(who, caller)),
    need,
    permission,
    name,
  );
  return byRules.allowed ? both(byCredential, byRules) : byRules;
}

/** A write outside of every namespace reaches everybody, so it needs `admin`. */
function neededBy({ permission, touched }: Need): Permission {
  return permission === 'operate' && touched.some(({ namespace }) => namespace === undefined) ? 'admin' : permission;
}

/** Whether some rule allows the tool, whatever it touches. Lists of tools show these. */
export function mayUse(caller: Caller, need: Omit<Need, 'touched'>, rules: AccessRules | undefined): boolean {
  if (caller.limits && !permits(caller.limits.permissions, need.permission)) return false;
  return !rules || rules.some((rule) => fits(rule.who, caller) && !toolFault(rule, need, need.permission));
}

/** The decision of several rules, each of which fits the caller. */
function join(rules: readonly AccessRule[], need: Need, permission: Permission, name = ''): Decision {
  if (rules.length === 0) return refuse(`no rule of the section access fits ${name}`);
  const places = need.touched.length > 0 ? need.touched : [undefined];
  const found = places.map((place) => rules.filter((rule) => !faultOf(rule, need, permission, place)));
  const without = found.findIndex((allowing) => allowing.length === 0);
  if (without >= 0)
    return refuse(rules.map((rule) => `${rule.name}: ${faultOf(rule, need, permission, places[without])}`).join('; '));
  const allowing = [...new Set(found.flat())];
  const why = `allowed by ${allowing.map((rule) => rule.name).join(', ')}`;
  const namespaces = allowing.some((rule) => rule.namespaces === undefined)
    ? undefined
    : [...new Set(allowing.flatMap((rule) => rule.namespaces ?? []))];
  return { allowed: true, why, ...(namespaces && { namespaces }) };
}

/** Why the rule does not allow the call at this place. */
function faultOf(rule: AccessRule, need: Need, permission: Permission, place: Touched | undefined): string | undefined {
  return toolFault(rule, need, permission) ?? (place && placeFault(rule, place, permission));
}

function toolFault(
  { permissions, tools }: AccessRule,
  { tool, toolset }: Omit<Need, 'touched'>,
  permission: Permission,
): string | undefined {
  if (!permits(permissions, permission)) return `it permits ${permissions.join(', ')}, and ${tool} needs ${permission}`;
  if (tools && !tools.includes(tool) && !tools.includes(toolset)) return `it is for ${tools.join(', ')} only`;
  return undefined;
}

function placeFault(
  { clusters, namespaces, targets }: AccessRule,
  { cluster, namespace, name }: Touched,
  permission: Permission,
): string | undefined {
  if (clusters && (cluster === undefined || !clusters.includes(cluster)))
    return `${cluster === undefined ? 'the call names no cluster, and ' : ''}it is for ${words('cluster', clusters)} only`;
  // A read without a namespace is narrowed.
  const narrowed = namespace === undefined && permission === 'read';
  if (namespaces && !narrowed && (namespace === undefined || !namespaces.includes(namespace)))
    return `it is for ${words('namespace', namespaces)} only`;
  if (targets && !(namespace !== undefined && name !== undefined && targets.includes(`${namespace}/${name}`)))
    return `it is for ${words('target', targets)} only`;
  return undefined;
}

const words = (what: string, names: readonly string[]): string =>
  `${what}${names.length === 1 ? '' : 's'} ${names.join(', ')}`;

type Allowed = Extract<Decision, { allowed: true }>;

/** Both have to allow, so only namespaces of both remain. */
function both(first: Allowed, second: Allowed): Decision {
  const namespaces =
    first.namespaces && second.namespaces
      ? first.namespaces.filter((namespace) => second.namespaces?.includes(namespace))
      : (first.namespaces ?? second.namespaces);
  if (namespaces?.length === 0) return refuse('the credential and the rules have no namespace in common');
  return { allowed: true, why: second.why, ...(namespaces && { namespaces }) };
}

function refuse(why: string, lacks?: Permission): Decision {
  return { allowed: false, why, ...(lacks && { lacks }) };
}
