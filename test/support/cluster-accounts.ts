import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { ClusterClient } from '../../src/adapters/kubernetes/cluster-client.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import type { Kind } from '../../src/adapters/kubernetes/kinds.ts';
import { eventually } from './releases-wait.ts';

const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1', missing: 'INTERNAL' } as const;
const CLUSTER_ROLE: Kind = { ...RBAC, name: 'ClusterRole', plural: 'clusterroles' };
const CLUSTER_ROLE_BINDING: Kind = { ...RBAC, name: 'ClusterRoleBinding', plural: 'clusterrolebindings' };

interface Rule {
  readonly resourceNames?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

interface Role {
  readonly metadata: { readonly name: string };
  readonly rules: readonly Rule[];
}

/** An account with only the rights that the named roles of deploy/rbac.yaml grant. */
export interface Account {
  /** Path of a kubeconfig for this account. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** Binds a new user of the cluster to copies of the roles in deploy/rbac.yaml, which get separate names. */
export async function createAccount(
  admin: ClusterClient,
  kubeconfig: string,
  user: string,
  roles: readonly string[],
): Promise<Account> {
  const file = parseAllDocuments(readFileSync(new URL('../../deploy/rbac.yaml', import.meta.url), 'utf8')).map(
    (document) => document.toJS() as Role,
  );
  const made = await Promise.all(
    roles.map(async (role) => {
      const name = `${user}-${role}`;
      const { rules = [] } = file.find(({ metadata }) => metadata.name === role) ?? {};
      const subjects = [{ apiGroup: RBAC.group, kind: 'User', name: user }];
      return [
        await apply(admin, CLUSTER_ROLE, name, { rules }),
        await apply(admin, CLUSTER_ROLE_BINDING, name, {
          roleRef: { apiGroup: RBAC.group, kind: 'ClusterRole', name },
          subjects,
        }),
      ];
    }),
  );
  const path = actingAs(kubeconfig, user);
  // The authorizer gets bindings through a watch, so they take effect with a delay.
  const client = createClusters({ kubeconfig: path }).client(admin.cluster);
  for (const role of roles) {
    const right = firstRight(file, role);
    await eventually(
      `${user} has the rights of ${role}`,
      async () => right === undefined || (await client.allowed(right)) || undefined,
    );
  }
  return { kubeconfig: path, close: async () => void (await Promise.all(made.flat().map((remove) => remove()))) };
}

/** A right for all objects of a kind that the role grants. Undefined for a role without one. */
function firstRight(file: readonly Role[], role: string): Parameters<ClusterClient['allowed']>[0] | undefined {
  const { rules = [] } = file.find(({ metadata }) => metadata.name === role) ?? {};
  const [{ apiGroups: [group = ''] = [], resources: [named = ''] = [], verbs: [verb = ''] = [] } = {}] = rules.filter(
    ({ resourceNames }) => resourceNames === undefined,
  );
  const [resource = '', subresource] = named.split('/');
  if (resource === '') return undefined;
  return { group, resource, verb, ...(subresource !== undefined && { subresource }) };
}

async function apply(admin: ClusterClient, kind: Kind, name: string, body: object): Promise<() => Promise<void>> {
  const object = (await admin.apply(
    { kind, name },
    { apiVersion: `${kind.group}/${kind.version}`, kind: kind.name, metadata: { name }, ...body },
    { fieldManager: 'test' },
  )) as { metadata: { uid: string } };
  return () => admin.remove({ kind, name }, { uid: object.metadata.uid });
}

/** The administrator's kubeconfig with impersonation. It has only the rights of `user`. */
function actingAs(kubeconfig: string, user: string): string {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as { users: { user: { as?: string } }[] };
  for (const entry of config.users) entry.user.as = user;
  const path = join(mkdtempSync(join(tmpdir(), 'sluice-account-')), 'kubeconfig');
  writeFileSync(path, stringify(config), { mode: 0o600 });
  return path;
}
