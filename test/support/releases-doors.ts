import { expect } from '@jest/globals';
import { createJournal } from '../../src/adapters/journal/index.ts';
import type { ReleaseOutput } from '../../src/contract/release-view.ts';
import { viewFromRecord } from '../../src/domain/release/from-record.ts';
import { ToolError, withRetries } from './mcp-client.ts';
import { folderOf } from './releases-lane.ts';
import type { Release } from './releases-release.ts';
import { settingsWith } from './settings.ts';
import type { Stage } from './releases-stage.ts';
import { eventually } from './releases-wait.ts';

type Doors = Readonly<Record<string, string>>;

/** What an interface says of a release. */
interface Said {
  /** Absent: any state. */
  readonly state?: string;
  readonly text: RegExp;
}

/**
 * Every read says this state, and every one that gives a reason says this text. Lists are up to a second late. A run
 * that is held before its first entry in the journal is told as an error with the same text.
 */
export async function expectSaid(stage: Stage, { id }: Release, { state, text }: Said): Promise<void> {
  let last: unknown;
  await eventually(
    `every interface says ${text.source}`,
    async () => {
      const { mcp } = stage.lane;
      const which = { release_id: id };
      const reads = [
        () => mcp.call<ReleaseOutput>('release_get', which),
        () => mcp.call<ReleaseOutput>('release_wait', { ...which, timeout_seconds: 0 }),
        () => rested<ReleaseOutput>(stage, 'release_get', which),
        () => reportOf(stage, which),
      ];
      const said = await Promise.all(reads.map((read) => read().then(lineOf, heldLine)));
      const listed = await newestListed(stage);
      last = { said, listed: listed?.state };
      const same = [...said, `${listed?.state}: `].every((one) => state === undefined || one.startsWith(`${state}: `));
      return same && said.every((one) => text.test(one)) ? true : undefined;
    },
    { timeoutMs: 15_000, everyMs: 500, now: () => last },
  );
}

const lineOf = ({ state, reason }: { state: string; reason: string }): string => `${state}: ${reason}`;

function heldLine(error: unknown): string {
  const held = error instanceof ToolError && error.code === 'RELEASE_HELD';
  return held ? `failed-needs-human: ${error.message}` : String(error);
}

/** Every interface tells the same end of the stage's last release, and the journal has all of it. */
export async function expectTold(stage: Stage): Promise<void> {
  const { release } = stage;
  if (!release) return;
  const view = await release.story();
  const expected = endOf(view);
  const expectedOf = (doors: Doors) => Object.fromEntries(Object.keys(doors).map((door) => [door, expected]));
  let doors: Doors = {};
  await eventually('every interface tells the same end', async () => {
    doors = await withRetries(() => doorsOf(stage, release, view.run_id));
    return Object.values(doors).every((one) => one === expected) ? true : undefined;
  }).catch(() => expect(doors).toEqual(expectedOf(doors)));
  await expectJournaled(stage, view);
}

const endOf = (seen: { run_id: string; state: string; closed_at?: string | undefined }): string =>
  `${seen.run_id} ${seen.state} ${seen.closed_at === undefined ? 'open' : 'closed'}`;

async function doorsOf(stage: Stage, { id }: Release, runId: string): Promise<Doors> {
  const { mcp } = stage.lane;
  const which = { release_id: id };
  const [byRun, wait, rest, report, listed] = await Promise.all([
    mcp.call<ReleaseOutput>('release_get', { ...which, run_id: runId }),
    mcp.call<ReleaseOutput>('release_wait', { ...which, timeout_seconds: 0 }),
    rested<ReleaseOutput>(stage, 'release_get', which),
    reportOf(stage, which),
    newestListed(stage),
  ]);
  return {
    'release_get of the run': endOf(byRun),
    release_wait: endOf(wait),
    rest: endOf(rest),
    release_report: endOf(report),
    release_list: listed ? endOf(listed) : 'nothing',
  };
}

type Report = { run_id: string; state: string; reason: string; closed_at?: string; notes: readonly string[] };

async function reportOf({ lane }: Stage, which: object): Promise<Report> {
  return (await lane.mcp.call<{ report: Report }>('release_report', { ...which })).report;
}

type Listed = { run_id: string; state: string; closed_at?: string };

async function newestListed({ lane, target }: Stage): Promise<Listed | undefined> {
  return (await lane.mcp.call<{ releases: Listed[] }>('release_list', { ...target, limit: 1 })).releases[0];
}

/** Calls a tool over REST. */
async function rested<T>({ lane }: Stage, tool: string, input: object): Promise<T> {
  const answer = await fetch(`${lane.restUrl}/tools/${tool}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const { result, error } = (await answer.json()) as { result: T; error?: { code: string; message: string } };
  if (error) throw new ToolError(tool, error);
  return result;
}

/** The journal alone tells the same release: its end, its events and its commands. */
async function expectJournaled({ sandbox }: Stage, view: ReleaseOutput): Promise<void> {
  const journal = createJournal(settingsWith({ home: folderOf(sandbox) }));
  try {
    const recorded = viewFromRecord(await journal.read(view.run_id));
    expect({ state: recorded?.state, reason: recorded?.reason }).toEqual({ state: view.state, reason: view.reason });
    expect(recorded?.events.map(({ text }) => text)).toEqual(
      expect.arrayContaining(view.events.map(({ text }) => text)),
    );
    expect(recorded?.commands.map(({ requestId }) => requestId)).toEqual(
      expect.arrayContaining(view.commands.map((one) => one.request_id)),
    );
  } finally {
    await journal.close();
  }
}
