import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from '../../src/ports/index.ts';
import type { World, Worlds } from '../../src/ports/world.ts';
import type { Point, Rules } from './chaos-rules.ts';

const LOOK_MS = 25;

type Operation = (...args: unknown[]) => Promise<unknown>;

/** The worlds, with the rules applied to every operation of their ports. Each world is wrapped once. */
export function chaosWorlds(worlds: Worlds, rules: Rules): Worlds {
  const wrapped = new WeakMap<World, World>();
  return {
    async of(...of) {
      const world = await worlds.of(...of);
      const known = wrapped.get(world) ?? { ...withChaos(world, rules), cluster: world.cluster };
      wrapped.set(world, known);
      return known;
    },
  };
}

/** The ports. Every operation checks the rules before it begins and after it has ended. */
function withChaos(ports: Ports, rules: Rules): Ports {
  return {
    workload: wrap('workload', ports.workload, rules),
    split: wrap('split', ports.split, rules),
    evidence: wrap('evidence', ports.evidence, rules),
    templates: wrap('templates', ports.templates, rules),
    serviceCalls: wrap('serviceCalls', ports.serviceCalls, rules),
    now: ports.now,
  };
}

function wrap<P extends object>(name: string, port: P, rules: Rules): P {
  const operations = Object.entries(port as Record<string, Operation>).filter(([, run]) => typeof run === 'function');
  const wrapped = Object.fromEntries(operations.map(([op, run]) => [op, guarded(`${name}.${op}`, run, rules)]));
  // What a port says of itself is no operation.
  return { ...port, ...wrapped };
}

function guarded(op: string, run: Operation, rules: Rules): Operation {
  return async (...args) => {
    const app = appOf(args[0]);
    await pass(rules, { app, op, when: 'before' });
    const result = await run(...args);
    await pass(rules, { app, op, when: 'after' });
    return result;
  };
}

async function pass(rules: Rules, point: Point): Promise<void> {
  for (let fault = rules.at(point); fault !== undefined; fault = rules.at(point)) {
    rules.reach(point);
    if (fault === 'kill') die(rules, point);
    await sleep(LOOK_MS);
  }
}

/**
 * Kills the process as the kernel would: no handler runs and nothing is flushed. The rule is removed first, so that it
 * acts once.
 */
function die(rules: Rules, point: Point): void {
  rules.clear(point);
  process.kill(process.pid, 'SIGKILL');
}

/** Every operation concerns one application: a target, the TraefikService of the same name, or one of its counters. */
function appOf(about: unknown): string {
  if (typeof about === 'string') return /^[^-]+-(.+)-(?:stable|canary|active|preview)-\d+@/.exec(about)?.[1] ?? 'none';
  const { rollout, name } = (about ?? {}) as { rollout?: string; name?: string };
  return rollout ?? name ?? 'none';
}
