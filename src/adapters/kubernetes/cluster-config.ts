import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Cluster, Context, User } from '@kubernetes/client-node/dist/config_types.js';
import { SluiceError } from '../../domain/errors.ts';
import { impersonationHeaders } from './impersonation.ts';

/** Fields of a user entry that kubectl uses and client-node does not. */
export interface ClusterUser extends User {
  readonly tokenFile?: string;
  readonly impersonateGroups?: readonly string[];
  readonly impersonateExtra?: Readonly<Record<string, readonly string[]>>;
  readonly impersonateUid?: string;
}

/** The key in a cluster entry with the `config` of its credential plug-in. */
const EXEC_EXTENSION = 'client.authentication.k8s.io/exec';

/**
 * How to reach one cluster, by kubectl's rules where those of client-node differ: no credentials over plain HTTP, token
 * files are read again for each request, groups of an impersonation, KUBERNETES_EXEC_INFO.
 */
export class ClusterConfig extends KubeConfig {
  private readonly user: ClusterUser;
  private readonly plain: boolean;
  private lastToken: string | undefined;
  private inner: KubeConfig;

  constructor(context: Context, cluster: Cluster, user: ClusterUser) {
    super();
    this.user = user;
    this.plain = cluster.server.startsWith('http:');
    // client-node refuses plain HTTP without this, and there is no certificate to check.
    const reached = this.plain ? { ...cluster, skipTLSVerify: true } : cluster;
    this.loadFromOptions({
      clusters: [reached],
      users: [this.plain ? { name: user.name } : withExecInfo(user, cluster)],
      contexts: [{ ...context, user: user.name }],
      currentContext: context.name,
    });
    this.inner = this.copy();
  }

  override async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
    await this.inner.applyToHTTPSOptions(options);
    const token = this.plain ? undefined : this.fileToken();
    const headers = { ...options.headers, ...(token && { Authorization: `Bearer ${token}` }) };
    options.headers = { ...headers, ...impersonation(this.user) };
  }

  /** Drops credentials that a server refused. False if no other credentials can be obtained. */
  renew(): boolean {
    if (this.plain || !(this.user.exec ?? this.user.authProvider ?? this.user.tokenFile)) return false;
    this.inner = this.copy();
    return true;
  }

  private copy(): KubeConfig {
    const copy = new KubeConfig();
    copy.loadFromOptions({
      clusters: this.getClusters(),
      users: this.getUsers(),
      contexts: this.getContexts(),
      currentContext: this.getCurrentContext(),
    });
    return copy;
  }

  /** The file is replaced while it is in use. While it is missing, its last content is used. */
  private fileToken(): string | undefined {
    const { tokenFile, token } = this.user;
    if (!tokenFile) return undefined;
    try {
      this.lastToken = readFileSync(tokenFile, 'utf8').trim();
    } catch (cause) {
      this.lastToken ??= token;
      if (!this.lastToken)
        throw new SluiceError('CONFIG_INVALID', `The token file ${tokenFile} cannot be read.`, { cause });
    }
    return this.lastToken;
  }
}

function impersonation(user: ClusterUser): RequestOptions['headers'] {
  const { impersonateUser, impersonateUid, impersonateGroups = [], impersonateExtra = {} } = user;
  if (!impersonateUser) {
    if (impersonateUid || impersonateGroups.length > 0 || Object.keys(impersonateExtra).length > 0)
      throw new SluiceError(
        'CONFIG_INVALID',
        `The kubeconfig user "${user.name}" impersonates groups, a UID or extra fields without a user.`,
        { next: 'Add `as` to the user entry.' },
      );
    return {};
  }
  return impersonationHeaders({
    ...{ user: impersonateUser, groups: impersonateGroups },
    ...{ uid: impersonateUid, extra: impersonateExtra },
  });
}

/** kubectl passes KUBERNETES_EXEC_INFO to every plug-in. It contains the cluster if the entry requests it. */
function withExecInfo(user: ClusterUser, cluster: Cluster & { readonly extensions?: unknown }): ClusterUser {
  const exec = user.exec as { apiVersion?: string; env?: { name: string; value: string }[] | null } | undefined;
  if (!exec) return user;
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
    spec: { ...clusterInfo(user, cluster), interactive: false },
  };
  return {
    ...user,
    exec: { ...exec, env: [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }] },
  };
}

function clusterInfo({ exec }: ClusterUser, cluster: Cluster & { readonly extensions?: unknown }): object {
  if (!(exec as { provideClusterInfo?: boolean }).provideClusterInfo) return {};
  const extensions = (cluster.extensions ?? []) as readonly { name: string; extension?: unknown }[];
  const { extension } = extensions.find(({ name }) => name === EXEC_EXTENSION) ?? {};
  const ca = cluster.caData ?? (cluster.caFile && readFileSync(cluster.caFile).toString('base64'));
  return {
    cluster: {
      server: cluster.server,
      ...(cluster.tlsServerName && { 'tls-server-name': cluster.tlsServerName }),
      ...(cluster.skipTLSVerify && { 'insecure-skip-tls-verify': true }),
      ...(ca && { 'certificate-authority-data': ca }),
      ...(cluster.proxyUrl && { 'proxy-url': cluster.proxyUrl }),
      config: extension ?? null,
    },
  };
}
