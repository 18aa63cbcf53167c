import { sameRollout, releaseId, type Owner, type Target } from '../domain/release/target.ts';
import type { Ports } from '../ports/index.ts';

interface Marked {
  readonly owner?: Owner;
}

/**
 * The ports for the plan of a release of `target`. They read the mark of a run that has ended as no mark, because the
 * release takes such a mark over, even if it names the cluster by another context. Marks of other Rollouts stay.
 * `hasEnded`: false if it is not known.
 */
export function withoutEndedMarks<P extends Ports>(
  ports: P,
  target: Target,
  hasEnded: (owner: Owner) => Promise<boolean>,
): P {
  const own = releaseId(target);
  const unmarked = async <T extends Marked>(read: Promise<T>): Promise<T> => {
    const { owner, ...rest } = await read;
    const free = owner === undefined || (sameRollout(owner.releaseId, own) && (await hasEnded(owner)));
    return (free ? rest : { ...rest, owner }) as T;
  };
  return {
    ...ports,
    workload: reading(ports.workload, (...args) => unmarked(ports.workload.read(...args))),
    split: reading(ports.split, (...args) => unmarked(ports.split.read(...args))),
  };
}

/** The port with another `read`. A port may be a proxy, so its members cannot be copied. */
function reading<P extends { readonly read: unknown }>(port: P, read: P['read']): P {
  return new Proxy(port, {
    get: (target, name) => (name === 'read' ? read : (Reflect.get(target, name) as unknown)),
  });
}
