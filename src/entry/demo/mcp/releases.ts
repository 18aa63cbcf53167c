import type { Watched } from '../../../cli/watch-frame.ts';
import { plural } from '../../../domain/plural.ts';
import { follow, type Following } from '../follow.ts';
import { seenBetween, type Callers, type Seen } from './callers.ts';
import { SAMPLE, SERVER } from './place.ts';

/** The parts on which the demo is played. */
export interface McpStage extends Following {
  readonly callers: Callers;
}

/** The values make the demo short. A file for users has a longer soak and smaller margins. */
const ANALYSIS = {
  soak: '3s',
  min_requests: 30,
  warm_up: '1s',
  margins: { errors: 0.15, slow: 0.3 },
  slower_than_ms: [1000],
  hold: '60s',
};
const LIMIT_MS = 120_000;
const FIRST = '1.0.0';

interface Act {
  readonly title: string;
  readonly version: string;
  readonly fault?: string;
  readonly ends: 'succeeded' | 'rolled-back';
  /** The version that must be blue at the end. */
  readonly then: string;
  /** Whether calls of users may fail meanwhile. */
  readonly failing?: true;
}

const GOOD: Act = { title: `A good release: ${FIRST} → 1.1.0`, version: '1.1.0', ends: 'succeeded', then: '1.1.0' };
const BAD: Act = {
  title: 'A bad release: 1.1.0 → 1.2.0, whose tool add fails. One call of ten is to add',
  version: '1.2.0',
  fault: 'broken-add',
  ends: 'rolled-back',
  then: '1.1.0',
  failing: true,
};

/** Registers the first version as blue, with its contract. */
export async function setUp({ link, screen }: McpStage): Promise<void> {
  await register(link, FIRST, undefined, true);
  screen.say(`the MCP server ${SERVER} has one version, ${FIRST}; it is blue and has all callers`);
}

/** One good release and one bad one, through MCP. True when both ended as expected. */
export async function playMcpDemo(stage: McpStage): Promise<boolean> {
  const began = performance.now();
  const well = (await play(stage, GOOD)) && (await play(stage, BAD));
  stage.screen.say(`The releases took ${Math.round((performance.now() - began) / 1000)} s.`);
  return well;
}

async function play(stage: McpStage, act: Act): Promise<boolean> {
  const { link, screen, callers } = stage;
  screen.say();
  screen.say(act.title);
  await register(link, act.version, act.fault, false);
  const before = callers.seen();
  const file = { strategy: 'mcp', server: SERVER, version: act.version, steps: [20, 50, 100], guard: '0' };
  const release = { ...file, analysis: ANALYSIS, timeouts: { step: '60s', rollback: '60s' } };
  const { release_id: id } = await link.call<{ release_id: string }>('release_start', release);
  const view = await follow(stage, id, LIMIT_MS);
  const seen = seenBetween(before, callers.seen());
  const blue = await blueNow(stage);
  const asMeant =
    view.state === act.ends && blue === act.then && (act.failing || Object.keys(failedOf(seen)).length === 0);
  screen.say(
    `${asMeant ? 'As it should be' : 'NOT as it should be'}: ${view.state}; ${blue} is blue.${reasonOf(view)}`,
  );
  screen.say(`During the release users called ${calls(seen.calls)}; failed: ${calls(failedOf(seen)) || 'none'}`);
  return asMeant;
}

async function register(
  link: McpStage['link'],
  version: string,
  fault: string | undefined,
  blue: boolean,
): Promise<void> {
  const args = [SAMPLE, version, ...(fault === undefined ? [] : [fault])];
  const which = { name: SERVER, version };
  await link.call('mcp_server_deploy', { ...which, type: 'stdio', command: process.execPath, args, blue });
  await link.call('mcp_server_lock', which);
}

async function blueNow({ link }: McpStage): Promise<string> {
  const { servers } = await link.call<{ servers: { blue?: string }[] }>('mcp_server_status', { name: SERVER });
  return servers[0]?.blue ?? 'no version';
}

function failedOf({ failed }: Seen): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(failed).filter(([, count]) => count > 0));
}

function calls(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([tool, count]) => `${tool} ${plural(count, 'time')}`)
    .join(', ');
}

function reasonOf({ state, reason }: Watched): string {
  return state === 'rolled-back' ? ` The reason: ${reason}` : '';
}
