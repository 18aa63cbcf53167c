import type { ClusterClient } from '../adapters/kubernetes/index.ts';
import { finding, type Finding } from '../commands/doctor-check.ts';
import type { Settings } from '../config/schema.ts';
import { podNamespaces } from '../splits/index.ts';
import { RIGHTS, type NeededRight } from './rights.ts';

interface Lacking {
  readonly right: NeededRight;
  readonly verbs: readonly string[];
}

/**
 * The rights of the account, and the tools that need the missing ones. There is a finding for reads, one for
 * writes and, where updates start releases, one for these.
 */
export async function rightsChecks(
  settings: Settings,
  client: ClusterClient,
  namespace: string,
): Promise<readonly Finding[]> {
  const asked = { client, namespace };
  return Promise.all([
    readRights(settings, asked),
    writeRights(settings, asked),
    ...(settings.releaseUpdates ? [updateRights(asked)] : []),
  ]);
}

interface Asked {
  readonly client: ClusterClient;
  readonly namespace: string;
}

/** Whether the account has all rights of one role. `unless`: the state if it has not. */
interface Wanted {
  readonly name: string;
  readonly rights: readonly NeededRight[];
  /** Where a right is needed, if not in the namespace that is asked about. */
  readonly namespaceOf?: (right: NeededRight) => string | undefined;
  readonly unless?: Finding['state'];
  readonly next: string;
}

function rightsOf({ client, namespace }: Asked, { name, rights, unless = 'missing', next, ...where }: Wanted) {
  return finding(name, async () => {
    const lacking = await missingOf(client, rights, where.namespaceOf ?? (() => namespace));
    if (lacking.length === 0) return `all, in ${namespace}`;
    return { name, state: unless, detail: rightsText(lacking), next };
  });
}

const ofRole = (role: NeededRight['role']) => RIGHTS.filter((right) => right.role === role);

/** Of workers that start releases for updates. */
function updateRights(asked: Asked): Promise<Finding> {
  return rightsOf(asked, {
    name: 'rights for updates',
    rights: ofRole('sluice-updates'),
    next: 'Bind the ClusterRole sluice-updates of deploy/rbac.yaml to the account of the worker.',
  });
}

function readRights(settings: Settings, asked: Asked): Promise<Finding> {
  const [proxies] = podNamespaces(settings);
  return rightsOf(asked, {
    name: 'rights to read',
    rights: ofRole('sluice-reader').filter((right) => !right.proxies || proxies !== undefined),
    namespaceOf: (right) => (right.proxies ? proxies : asked.namespace),
    next: 'Bind the ClusterRole sluice-reader of deploy/rbac.yaml to the account.',
  });
}

/** An account that only reads is in order while servers offer no write tools. */
function writeRights({ mcpAllowWrite }: Settings, asked: Asked): Promise<Finding> {
  return rightsOf(asked, {
    name: 'rights to write',
    rights: ofRole('sluice-writer'),
    unless: mcpAllowWrite ? 'missing' : 'skipped',
    next: 'Bind the ClusterRole sluice-writer of deploy/rbac.yaml to the account, unless it is meant only to read.',
  });
}

/**
 * Whether the account may have tokens of service accounts reviewed. A server asks its current cluster, if
 * SLUICE_SERVICE_ACCOUNT_AUDIENCE is set. No finding without it.
 */
export async function tokenReviewCheck(
  { serviceAccountAudience: audience }: Settings,
  client: ClusterClient,
): Promise<readonly Finding[]> {
  if (audience === undefined) return [];
  const right = { group: 'authentication.k8s.io', resource: 'tokenreviews', verb: 'create' };
  const found = await rightCheck(client, right, `tokens of service accounts for ${audience}`, {
    name: 'right to review tokens',
    state: 'missing',
    detail: 'no create of tokenreviews: callers with the token of a service account get CREDENTIALS_UNAVAILABLE',
    next: 'Bind the ClusterRole sluice-token-reviewer of deploy/rbac.yaml to the account of the server, by a ClusterRoleBinding.',
  });
  return [found];
}

/**
 * Whether the account may make requests for others. A server needs it in each cluster, if the settings have the section
 * impersonate. The account may be limited to names that are not known here, so that is no failure. No finding without
 * the section.
 */
export async function impersonationCheck(
  { impersonate }: Settings,
  client: ClusterClient,
): Promise<readonly Finding[]> {
  if (impersonate === undefined) return [];
  const right = { group: '', resource: 'users', verb: 'impersonate' };
  const issuers = impersonate.map(({ issuer }) => issuer).join(', ');
  const found = await rightCheck(client, right, `callers of ${issuers}`, {
    name: 'right to impersonate',
    state: 'skipped',
    detail: 'no impersonate of all users: callers whom no rule with their name permits get FORBIDDEN',
    next: 'Bind the ClusterRole sluice-impersonator of deploy/rbac.yaml to the account of the server, or one that names the users.',
  });
  return [found];
}

type Right = Parameters<ClusterClient['allowed']>[0];

/** `granted`: what the account may do with the right. `lacking`: the finding without it. */
function rightCheck(client: ClusterClient, right: Right, granted: string, lacking: Finding): Promise<Finding> {
  return finding(lacking.name, async () => ((await client.allowed(right)) ? granted : lacking));
}

async function missingOf(
  client: ClusterClient,
  rights: readonly NeededRight[],
  namespaceOf: (right: NeededRight) => string | undefined,
): Promise<readonly Lacking[]> {
  const looked = await Promise.all(
    rights.map(async (right) => ({
      right,
      verbs: await refusedVerbs(client, right, right.clusterScoped ? undefined : namespaceOf(right)),
    })),
  );
  return looked.filter(({ verbs }) => verbs.length > 0);
}

async function refusedVerbs(
  client: ClusterClient,
  { group, resource, subresource, verbs }: NeededRight,
  namespace: string | undefined,
): Promise<readonly string[]> {
  const place = {
    group,
    resource,
    ...(subresource ? { subresource } : {}),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const allowed = await Promise.all(verbs.map((verb) => client.allowed({ ...place, verb })));
  return verbs.filter((_, index) => !allowed[index]);
}

function rightsText(lacking: readonly Lacking[]): string {
  return lacking
    .map(
      ({ right, verbs }) =>
        `no ${verbs.join(', ')} of ${right.resource}${right.subresource ? `/${right.subresource}` : ''} (${right.tools.join(', ')})`,
    )
    .join('; ');
}
