import { POD } from '../../src/adapters/kubernetes/kinds.ts';
import type { PatchOptions, PlainRead } from '../../src/adapters/kubernetes/cluster-client.ts';
import type { Kind, ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import type { FakeCluster } from './fake-cluster.ts';

/** One request to the API server in the terms of RBAC: verb, resource with its subresource, group. */
export interface Request {
  readonly verb: string;
  readonly resource: string;
  readonly group: string;
}

/** A client that records its requests. */
export function recorded(cluster: FakeCluster, requests: Request[]): FakeCluster {
  const note = (verb: string, { group, plural }: Kind, subresource?: string): void =>
    void requests.push({ verb, group, resource: subresource ? `${plural}/${subresource}` : plural });
  const exists = (ref: ObjectRef): boolean => {
    try {
      return cluster.peek(ref) !== undefined;
    } catch {
      return false;
    }
  };
  const patch = (ref: ObjectRef, _: unknown, options?: PatchOptions): void =>
    note('patch', ref.kind, options?.subresource);
  const notes = {
    get: (ref: ObjectRef) => note('get', ref.kind),
    list: (kind: Kind) => note('list', kind),
    snapshot: (kind: Kind) => note('list', kind),
    watch: (kind: Kind) => note('watch', kind),
    jsonPatch: patch,
    mergePatch: patch,
    apply(ref: ObjectRef) {
      note('patch', ref.kind);
      if (!exists(ref)) note('create', ref.kind);
    },
    remove: (ref: ObjectRef) => note('delete', ref.kind),
    evict: () => note('create', POD, 'eviction'),
    request: (_: string, { path }: PlainRead) => requests.push(...readsOf(path)),
    stream: (_: string, { path }: PlainRead) => requests.push(...readsOf(path)),
    channels: (_: string, path: string) => requests.push(...readsOf(path)),
  };
  return new Proxy(cluster, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        (notes as Record<string, undefined | ((...args: unknown[]) => void)>)[String(name)]?.(...args);
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}

/** Every account may read the discovery and the OpenAPI documents (the ClusterRole system:discovery). */
function readsOf(path: string): readonly Request[] {
  const [, group = '', resource = '', name, subresource] =
    /^\/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/[^/]+)?\/([^/?]+)(?:\/([^/?]+))?(?:\/([^/?]+))?/.exec(path) ?? [];
  if (resource === '' || path.startsWith('/openapi/')) return [];
  const verb = name === undefined ? 'list' : 'get';
  return [{ verb, group, resource: subresource === undefined ? resource : `${resource}/${subresource}` }];
}
