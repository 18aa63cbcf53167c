import { sameRollout, type Owner } from '../src/domain/release/target.ts';
import type { Ports } from '../src/ports/index.ts';
import type { WriteResult } from '../src/ports/workload.ts';
import type { Runs } from './runs.ts';
import { requireWanted } from './stall.ts';

/** A write of a port. The object is its first argument, the owner its last. */
type Write = (ref: unknown, ...rest: unknown[]) => Promise<WriteResult>;

interface Claiming {
  claim(ref: unknown, owner: Owner, over?: Owner): Promise<WriteResult>;
}

const WRITES: readonly string[] = [
  ...['setImage', 'advance', 'abort', 'setWeight', 'claim', 'fence', 'unclaim'],
  ...['copyReads', 'stopCopies'],
];

/**
 * The ports of activities. Before each write, an attempt that has stalled checks that it is still the current one. A
 * write that changes nothing because of another run's mark is repeated after that mark is taken over. A mark is taken
 * over only when its run is known to have ended: a reset or a continued workflow has a new run id, and a terminated run
 * leaves its mark.
 */
export function fencedPorts<P extends Ports>(ports: P, runs: Runs): P {
  return { ...ports, workload: fencedPort(ports.workload, runs), split: fencedPort(ports.split, runs) };
}

function fencedPort<Port extends Claiming>(port: Port, runs: Runs): Port {
  return new Proxy(port, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof name !== 'string' || !WRITES.includes(name)) return member;
      const write: Write = (...args) => Reflect.apply(member as Write, target, args);
      return (...args: Parameters<Write>) => fencedWrite(target, write, args, runs);
    },
  });
}

async function fencedWrite(port: Claiming, write: Write, args: Parameters<Write>, runs: Runs): Promise<WriteResult> {
  await requireWanted(runs);
  const result = await write(...args);
  const owner = args.at(-1) as Owner;
  if (!result.holder || !(await mayTakeOver(result.holder, owner, runs))) return result;
  const taken = await port.claim(args[0], owner, result.holder);
  return 'refused' in taken ? taken : write(...args);
}

/**
 * A mark of an ended run of a release of the same target. This attempt must be current itself, because it may be the
 * older run.
 */
async function mayTakeOver(holder: Owner, owner: Owner, runs: Runs): Promise<boolean> {
  if (holder.runId === owner.runId || !sameRollout(holder.releaseId, owner.releaseId)) return false;
  return (await runs.hasEnded(holder)) && (await runs.isWanted());
}
