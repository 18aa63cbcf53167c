import { matcherText } from '../src/domain/analysis/counter-selectors.ts';
import {
  nothingCountedFinding,
  shortfall,
  shortfallFinding,
  type ShareCauses,
  type ShareSums,
} from '../src/domain/analysis/shortfall.ts';
import type { Finding } from '../src/domain/analysis/verdict.ts';
import type { Ports } from '../src/ports/index.ts';
import { ignoreFailure } from '../src/domain/errors.ts';
import { trafficRef } from '../src/delivery/move.ts';
import type { Scene } from '../src/domain/release/scene.ts';
import type { RivalsOf } from './rivals.ts';

/** The expected share of the new version. */
export interface Expected {
  readonly scene: Scene;
  /** Percent. */
  readonly weight: number;
  /** Share of its answers that may be missing, 0…1. */
  readonly lost: number;
  /** Epoch ms at which the weight came into force, and the time of the look. */
  readonly from: number;
  readonly to: number;
  /** Names of the proxies, from the label `instance`. */
  readonly proxies: readonly string[];
}

export interface Sources {
  readonly ports: Pick<Ports, 'evidence' | 'split'>;
  readonly rivals: RivalsOf;
}

/** Without any request for this long, other rules are looked for. */
const QUIET_MS = 10_000;

/**
 * A finding when the new version answered significantly fewer requests than its weight gives it, or when a rule of
 * another route may get all of them.
 */
export async function checkShare(sources: Sources, sums: ShareSums, expected: Expected): Promise<Finding | undefined> {
  const { weight, lost, proxies, scene, from, to } = expected;
  if (sums.total === 0)
    return to - from < QUIET_MS
      ? undefined
      : nothingCountedFinding((await sources.rivals(scene, to).catch(ignoreFailure)) ?? []);
  const found = shortfall(sums, { weight, lost, proxies: proxies.length });
  return found && shortfallFinding(found, sums, await causesOf(sources, expected));
}

/** Unknown causes are left out: the finding is valid without a cause. */
async function causesOf({ ports, rivals: rivalsOf }: Sources, expected: Expected): Promise<ShareCauses> {
  const [reloads, sticky, rivals] = await Promise.all([
    reloadsOf(ports, expected).catch(ignoreFailure),
    ports.split.read(trafficRef(expected.scene)).then(({ sticky: found }) => found, ignoreFailure),
    rivalsOf(expected.scene, expected.to).catch(ignoreFailure),
  ]);
  return {
    ...(reloads !== undefined && { reloads }),
    ...(sticky !== undefined && { sticky }),
    ...(rivals && { rivals }),
  };
}

/** The form of an address. It contains no character that could end the regular expression. */
const PLAIN = /^[\w.:-]+$/;

async function reloadsOf(ports: Sources['ports'], { proxies, from, to }: Expected): Promise<number | undefined> {
  const seconds = Math.max(1, Math.round((to - from) / 1000));
  const instances = proxies.filter((name) => PLAIN.test(name)).map((name) => name.replaceAll('.', '[.]'));
  const matchers = matcherText(ports.evidence.matchers);
  const more = matchers === '' ? '' : `,${matchers}`;
  const promql = `max(increase(traefik_config_reloads_total{instance=~"${instances.join('|')}"${more}}[${seconds}s]))`;
  return (await ports.evidence.query(promql, to))[0]?.value;
}
