import type { Watched } from '../../cli/watch-frame.ts';
import { toDuration } from '../../domain/duration-text.ts';
import type { Sandbox } from '../../../sandbox/index.ts';
import { follow, type Following } from './follow.ts';
import { allBy, answersBetween, answersNow, describeAnswers, statsOf } from './traffic.ts';

/** The target of the demo. */
export interface Stage extends Following {
  readonly sandbox: Sandbox;
  /** The image that is running now. */
  readonly running: () => Promise<string>;
}

const APP = 'shop';
const LIMIT_MS = 240_000;
/**
 * The values make the demo short, about a minute and a half. At weight 5 a proof within three points takes some 125
 * requests, and 375 within the default margin.
 */
const ANALYSIS = {
  soak: '10s',
  min_requests: 25,
  warm_up: '2s',
  margins: { errors: 0.03 },
  slower_than_ms: [500],
  hold: '90s',
};

/** States that only a person can end. */
const WAITS = ['waiting-for-approval', 'waiting-for-window', 'waiting-for-decision', 'paused', 'failed-needs-human'];

interface Act {
  readonly title: string;
  readonly tag: string;
  readonly ends: 'succeeded' | 'rolled-back';
  /** The version that must answer all requests at the end. */
  readonly then: string;
}

/** One good release and one bad one, through MCP. True when both ended as expected. */
export async function playDemo(stage: Stage): Promise<boolean> {
  if (!(await earlierEnded(stage))) return false;
  const from = tagOf(await stage.running());
  const next = numberOf(from) + 1;
  const good = `v${next}`;
  const bad = `v${next + 1}-errors-20`;
  const first = await play(stage, {
    title: `A good release: ${from} → ${good}`,
    tag: good,
    ends: 'succeeded',
    then: good,
  });
  // The second release must restore the version that really runs, whether or not the first release succeeded.
  const back = first ? good : tagOf(await stage.running());
  const second = await play(stage, {
    title: `A bad release: ${back} → ${bad} answers every fifth request with an error`,
    tag: bad,
    ends: 'rolled-back',
    then: back,
  });
  return first && second;
}

async function play(stage: Stage, act: Act): Promise<boolean> {
  const { link, screen, sandbox, signal } = stage;
  screen.say();
  screen.say(act.title);
  const before = await statsOf(sandbox, APP);
  const target = { cluster: sandbox.context, namespace: 'shop', rollout: APP };
  const file = {
    target,
    image: `shop:${act.tag}`,
    strategy: 'canary',
    analysis: ANALYSIS,
    timeouts: { step: '60s', rollback: '60s' },
  };
  const { release_id: id } = await link.call<{ release_id: string }>('release_start', { ...file });
  const view = await follow(stage, id, LIMIT_MS);
  const during = answersBetween(before, await statsOf(sandbox, APP));
  const after = await answersNow(sandbox, APP, signal);
  const good = view.state === act.ends && allBy(after, act.then);
  screen.say(
    `${good ? 'As it should be' : 'NOT as it should be'}: ${view.state} after ${lengthOf(view)}; ${describeAnswers(after)}`,
  );
  screen.say(`During the release ${during.total} requests were answered; failed: ${failures(during.failed)}`);
  return good;
}

function lengthOf({ started_at: from, closed_at: to }: Watched): string {
  return toDuration(Date.parse(to ?? from) - Date.parse(from));
}

function failures(failed: Readonly<Record<string, number>>): string {
  const parts = Object.entries(failed).map(([version, count]) =>
    version === 'none' ? `${count} by no version` : `${count}, all by ${version}`,
  );
  return parts.join(', ') || 'none';
}

/** A release of an earlier `npm start` continues as soon as a worker runs. False when it waits for a person. */
async function earlierEnded(stage: Stage): Promise<boolean> {
  const { link, screen, sandbox } = stage;
  const filter = { cluster: sandbox.context, namespace: 'shop', rollout: APP, limit: 1 };
  const { releases } = await link.call<{
    releases: { release_id: string; state: string; image: string; closed_at?: string }[];
  }>('release_list', filter);
  const [latest] = releases;
  if (!latest || latest.closed_at !== undefined) return true;
  const { release_id: id, image, state } = latest;
  if (WAITS.includes(state)) {
    screen.say(
      `The demo is left out: the release of ${APP} to ${image} is ${state}. End it: node bin/sluice.mjs release abort ${id}`,
    );
    return false;
  }
  screen.say(`An earlier release of ${APP} to ${image} has not ended; letting it end first`);
  await follow(stage, id, LIMIT_MS);
  return true;
}

function tagOf(image: string): string {
  return image.slice(image.lastIndexOf(':') + 1);
}

/** 3 for v3 and for v3-slow-300. 0 for a tag without a number. */
function numberOf(tag: string): number {
  return Number(/^v(\d+)/.exec(tag)?.[1] ?? 0);
}
