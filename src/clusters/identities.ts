import type { Clusters } from '../adapters/kubernetes/cluster-client.ts';
import { SluiceError } from '../domain/errors.ts';
import { actingAs } from '../ports/acting-account.ts';
import { readIdentity } from './identity.ts';

/** Minimum time before the identity of an unreachable cluster is read again. */
const RETRY_MS = 60_000;

interface Answer {
  /** Undefined if it could not be read. */
  readonly uid: Promise<string | undefined>;
  readonly at: number;
  failed: boolean;
}

/**
 * Identities of the clusters in the settings. They are used to find the entry of a cluster that was named by another
 * context. They are read once. An unreachable cluster delays the others only once.
 */
export class Identities {
  readonly #clusters: Clusters;
  readonly #now: () => number;
  readonly #answers = new Map<string, Answer>();

  constructor(clusters: Clusters, now: () => number = Date.now) {
    this.#clusters = clusters;
    this.#now = now;
  }

  /** By context. A cluster that does not answer, or that the kubeconfig does not contain, is left out. */
  async of(contexts: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = await Promise.all(contexts.map(async (context) => [context, await this.#uid(context)] as const));
    return new Map(found.flatMap(([context, uid]) => (uid === undefined ? [] : [[context, uid]])));
  }

  #uid(context: string): Promise<string | undefined> {
    const known = this.#answers.get(context);
    if (known && (!known.failed || this.#now() - known.at < RETRY_MS)) return known.uid;
    const answer: Answer = { uid: this.#read(context, () => (answer.failed = true)), at: this.#now(), failed: false };
    this.#answers.set(context, answer);
    return answer.uid;
  }

  async #read(context: string, failed: () => void): Promise<string | undefined> {
    try {
      // The answer is for every caller.
      return await actingAs(undefined, () => readIdentity(this.#clusters.client(context)));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      failed();
      return undefined;
    }
  }
}
