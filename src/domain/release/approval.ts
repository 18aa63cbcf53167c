import { CLIENT, principalOf, responsibleOf, type Caller, type Identity } from '../access/caller.ts';
import type { Target } from './target.ts';

/** People who may approve: a person of an issuer, or each member of one of its groups. */
export type Approver =
  | { readonly issuer: string; readonly subject: string }
  | { readonly issuer: string; readonly group: string };

/** Who may approve a release, and how many different people have to. */
export interface Approvers {
  readonly by: readonly Approver[];
  readonly count: number;
}

/** Who sends a command, as the interface has found out. It travels with the command. */
export type Sender = Pick<Caller, 'identity' | 'onBehalfOf' | 'groups'> & {
  /** The interface. Absent in commands of older versions. */
  readonly via?: Caller['kind'];
};

/** An approval that counts. `who`: `<issuer>#<subject>`. */
export interface Vote {
  readonly who: string;
  readonly name: string;
}

/** What an approval is checked against. */
export interface Ballot extends Approvers {
  /** `<issuer>#<subject>` of whoever has started the release, as far as it is known. */
  readonly startedBy?: string;
  readonly votes: readonly Vote[];
}

/** `votes`: those that count already. `starter`: who has started the release, if that is known. */
export function ballotOf({ by, count }: Approvers, votes: readonly Vote[], starter: string | undefined): Ballot {
  return { by, count, votes, ...(starter !== undefined && { startedBy: starter }) };
}

/** The votes with that of whoever sends a command. `who`: the name that the interface gave. `given`: for people. */
export function counted(
  before: readonly Vote[],
  { sender, who }: { readonly sender?: Sender; readonly who: string },
  { count }: Pick<Approvers, 'count'>,
): { readonly votes: readonly Vote[]; readonly enough: boolean; readonly given: string } {
  const identity = sender?.identity;
  const votes = [...before, { who: principalOf(identity), name: identity?.name ?? who }];
  return { votes, enough: votes.length >= count, given: `${votes.length} of ${count}` };
}

/** How many approvals there are, from whom, and who may give the others. */
export function standing(approvers: Approvers, votes: readonly Vote[]): string {
  const given = votes.length > 0 ? `, given by ${votes.map(({ name }) => name).join(', ')}` : '';
  return `${votes.length} of ${approvers.count}${given}; may approve: ${namesOf(approvers)}`;
}

export function senderOf({ identity, onBehalfOf, groups, kind }: Caller): Sender {
  return { ...(identity && { identity }), ...(onBehalfOf && { onBehalfOf }), ...(groups && { groups }), via: kind };
}

/** The field of the input of a release that says who has started it. Nothing where nobody has proved it. */
export function proposedBy(caller: Caller): { readonly proposer?: Sender } {
  const { groups: _, ...proposer } = senderOf(caller);
  return proposer.identity ? { proposer } : {};
}

/** `<issuer>#<subject>` of the one who is responsible for a call. Undefined if nobody has proved who that is. */
export function starterOf(caller: Caller): string | undefined {
  const responsible = responsibleOf(caller);
  return responsible && responsible.issuer !== CLIENT ? principalOf(responsible) : undefined;
}

/** The path of the page on which a person decides about a release. */
export function approvalPath({ cluster, namespace, rollout }: Target): string {
  return `/approve/${[cluster, namespace, rollout].map(encodeURIComponent).join('/')}`;
}

/** Why whoever has sent an approval is no person. Undefined if they are. */
export function noPerson(sender: Sender | undefined): string | undefined {
  const { identity } = sender ?? {};
  if (!identity) return 'it is not known who has sent this approval';
  if (identity.kind === 'person') return undefined;
  return `an approval counts from a person only, and ${principalOf(identity)} is ${identity.kind === 'agent' ? 'an agent' : 'a machine'}`;
}

/** Why an approval does not count. Undefined if it does. */
export function notCounted(ballot: Ballot, sender: Sender | undefined): string | undefined {
  const identity = sender?.identity;
  const other = noPerson(sender);
  if (other !== undefined || !identity) return other;
  const who = principalOf(identity);
  if (!ballot.by.some((approver) => isOf(approver, identity, sender?.groups ?? [])))
    return `${who} is not among those who may approve: ${namesOf(ballot)}`;
  if (who === ballot.startedBy) return `${who} has started this release, so somebody else has to approve it`;
  return ballot.votes.some((vote) => vote.who === who) ? `${who} has approved already` : undefined;
}

function isOf(approver: Approver, { issuer, subject }: Identity, groups: readonly string[]): boolean {
  if (approver.issuer !== issuer) return false;
  return 'subject' in approver ? approver.subject === subject : groups.includes(approver.group);
}

/** Those who may approve, for people. */
export function namesOf({ by }: Pick<Approvers, 'by'>): string {
  return by
    .map((one) => ('subject' in one ? `${one.issuer}#${one.subject}` : `the group ${one.group} of ${one.issuer}`))
    .join(', ');
}

/** Why these approvals can never be given. Undefined if they can, or if groups decide it. */
export function neverEnough({ by, count }: Approvers, startedBy: string | undefined): string | undefined {
  if (by.some((one) => 'group' in one)) return undefined;
  const all = new Set(by.flatMap((one) => ('subject' in one ? [`${one.issuer}#${one.subject}`] : [])));
  const others = [...all].filter((who) => who !== startedBy);
  if (others.length >= count) return undefined;
  const starter = others.length < all.size ? `; ${startedBy} starts the release and does not count` : '';
  return `${count} different ${count === 1 ? 'person has' : 'people have'} to approve, and of those who are named only ${others.length} can: ${others.join(', ') || 'nobody'}${starter}`;
}
