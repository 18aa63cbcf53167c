import type { ClusterClient, Clusters, PatchResult } from '../../../src/adapters/kubernetes/cluster-client.ts';
import { describe, type ObjectRef } from '../../../src/adapters/kubernetes/kinds.ts';
import type { ErrorCode } from '../../../src/domain/errors.ts';

/** A write that the API server has carried out. */
export interface Write {
  readonly verb: string;
  readonly object: string;
  /** Whether it created the object. */
  readonly made: boolean;
}

export interface Outage {
  /** Number of the request that fails first, from 1. */
  readonly from: number;
  /** Whether all later requests fail as well. */
  readonly lasting: boolean;
  /** The request is carried out, and its answer is lost. */
  readonly afterwards: boolean;
}

/** The net effect of writes: an object that was created and removed has none. */
export function netOf(writes: readonly Write[]): readonly Write[] {
  const left: Write[] = [];
  for (const write of writes) {
    const own = write.verb === 'remove' ? left.findIndex(({ object, made }) => made && object === write.object) : -1;
    if (own < 0) left.push(write);
    else left.splice(0, left.length, ...left.filter(({ object }) => object !== write.object));
  }
  return left;
}

/** The internals of a cluster that a test reads besides its answers. */
export interface Backstage {
  exists(ref: ObjectRef): boolean | Promise<boolean>;
  fail(count: number, code: ErrorCode, afterwards: boolean): void;
}

const WRITES = ['jsonPatch', 'mergePatch', 'apply', 'remove'];
const REQUESTS = [...WRITES, 'get', 'list', 'snapshot', 'watch', 'podGet', 'allowed'];

/** Clusters that count requests, record writes, and can become unreachable at a chosen request. */
export class WatchedClusters implements Clusters {
  requests = 0;
  readonly writes: Write[] = [];
  outage: Outage | undefined;
  readonly #inner: Clusters;
  readonly #backstage: Backstage;

  constructor(inner: Clusters, backstage: Backstage) {
    this.#inner = inner;
    this.#backstage = backstage;
  }

  contexts(): string[] {
    return this.#inner.contexts();
  }

  currentContext(): string {
    return this.#inner.currentContext();
  }

  server(context: string): string | undefined {
    return this.#inner.server(context);
  }

  client(name: string): ClusterClient {
    const client = this.#inner.client(name);
    return new Proxy(client, {
      get: (target, key) => {
        const member = Reflect.get(target, key, target) as unknown;
        if (typeof member !== 'function' || !REQUESTS.includes(String(key))) return member;
        return (...args: unknown[]) =>
          this.#request(String(key), args, () => Reflect.apply(member, target, args) as Promise<unknown>);
      },
    });
  }

  async #request(verb: string, args: readonly unknown[], send: () => Promise<unknown>): Promise<unknown> {
    this.requests += 1;
    const away = this.#isAway();
    const writes =
      WRITES.includes(verb) && !args.some((arg) => (arg as { dryRun?: boolean } | undefined)?.dryRun === true);
    const note = {
      verb,
      object: writes ? describe(args[0] as ObjectRef) : '',
      made: writes && !(await this.#backstage.exists(args[0] as ObjectRef)),
    };
    if (away) this.#backstage.fail(1, 'CLUSTER_UNREACHABLE', away.afterwards);
    const answer = await send().catch(async (error: unknown) => {
      // A lost answer and a refusal look the same. Only the existence and the version of the object distinguish them.
      if (writes && away?.afterwards && (await this.#wasDone(args[0] as ObjectRef, verb, note.made)))
        this.writes.push(note);
      throw error;
    });
    if (writes && (verb !== 'jsonPatch' || (answer as PatchResult).applied)) this.writes.push(note);
    return answer;
  }

  async #wasDone(ref: ObjectRef, verb: string, made: boolean): Promise<boolean> {
    const there = await this.#backstage.exists(ref);
    return verb === 'remove' ? !there : !made || there;
  }

  #isAway(): Outage | undefined {
    const { outage, requests } = this;
    if (!outage) return undefined;
    return requests === outage.from || (outage.lasting && requests > outage.from) ? outage : undefined;
  }
}
