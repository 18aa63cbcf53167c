import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  applyApplication,
  loadStats,
  removeApplication,
  resetLoadStats,
  setLoad,
  type Sandbox,
} from '../../sandbox/index.ts';
import type { Strategy } from './fake-world-options.ts';
import { say, type Board } from './releases-board.ts';
import { Cluster } from './releases-cluster.ts';
import { folderOf, openLane, type Lane } from './releases-lane.ts';
import type { LaneKind, Scenario } from './releases-scenario.ts';
import { NAMESPACE, Stage } from './releases-stage.ts';
import { Track } from './releases-track.ts';

const RPS = 200;
const BACKGROUND = 'background';
/** Minimum time between starts, because two cores are too slow for a dozen releases within one second. */
const BETWEEN_STARTS_MS = 600;

/** How many scenarios of each kind run in parallel. The numbers are chosen for two cores. */
export interface Sizes {
  readonly steady: number;
  readonly chaos: number;
  readonly stopped: number;
  readonly settings: number;
}

/** The lanes, the tracks and the load of one whole run. */
export class Run {
  readonly sandbox: Sandbox;
  readonly lanes: Lane[] = [];
  private readonly tracks: Record<Exclude<LaneKind, 'together'>, Track[]> = {
    ...{ steady: [], chaos: [], stopped: [], settings: [] },
  };
  private readonly stages: Stage[] = [];
  private readonly cluster: Cluster;
  private began = 0;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.cluster = new Cluster(sandbox);
  }

  async open(sizes: Sizes): Promise<void> {
    rmSync(folderOf(this.sandbox), { recursive: true, force: true });
    say('starting workers and servers, and making the applications');
    await this.openLanes(sizes);
    const tracks = Object.values(this.tracks).flat();
    await applyApplication(this.sandbox, { name: BACKGROUND, namespace: NAMESPACE, strategy: 'canary' });
    await Promise.all(tracks.map((track) => track.build()));
    await this.onlyOurLoad();
    await resetLoadStats(this.sandbox);
    this.began = Date.now();
    say(`${tracks.length} scenarios run side by side at ${RPS} requests/s`);
  }

  private async openLanes(sizes: Sizes): Promise<void> {
    // The first lane bundles the workflow code. The others reuse it.
    const steady = await openLane(this.sandbox, { name: 'steady' });
    const names = Array.from({ length: sizes.chaos }, (_, index) => `chaos-${index + 1}`);
    const chaos = await Promise.all(names.map((name) => openLane(this.sandbox, { name })));
    this.lanes.push(steady, ...chaos);
    for (let index = 1; index <= sizes.steady; index += 1) this.addTrack('steady', steady, `s${index}`);
    chaos.forEach((lane, index) => this.addTrack('chaos', lane, `k${index + 1}`));
    if (sizes.stopped > 0) await this.openStoppedLane();
    if (sizes.settings > 0) await this.openSettingsLane();
  }

  private async openStoppedLane(): Promise<void> {
    const lane = await openLane(this.sandbox, { name: 'stopped', workers: 2 });
    this.lanes.push(lane);
    this.addTrack('stopped', lane, 'z1');
  }

  private async openSettingsLane(): Promise<void> {
    const lane = await openLane(this.sandbox, {
      name: 'settings',
      plainWorker: true,
      settings: { ARGO_AUTO_ROLLBACK: 'false', ARGO_REQUIRE_MANUAL_PROMOTION: 'true' },
    });
    this.lanes.push(lane);
    this.addTrack('settings', lane, 'd1');
  }

  private addTrack(kind: Exclude<LaneKind, 'together'>, lane: Lane, name: string): void {
    const stage = (strategy: Strategy, app: string) => new Stage(this.sandbox, lane, this.cluster, app, strategy);
    const stages = { canary: stage('canary', `${name}c`), 'blue-green': stage('blue-green', `${name}b`) };
    this.stages.push(...Object.values(stages));
    this.tracks[kind].push(new Track(name, stages));
  }

  /** Stops the load on other applications during these tests. */
  private async onlyOurLoad(): Promise<void> {
    const { apps } = await loadStats(this.sandbox);
    const others = Object.keys(apps).filter((key) => !key.startsWith(`${NAMESPACE}/`));
    await setLoad(this.sandbox, { rps: RPS, apps: Object.fromEntries(others.map((key) => [key, 0])) });
  }

  /** Plays every scenario, as many in parallel as there are tracks of its kind. */
  async sideBySide(scenarios: readonly Scenario[], board: Board): Promise<void> {
    const kinds = Object.entries(this.tracks) as [LaneKind, Track[]][];
    await Promise.all(
      kinds.flatMap(([kind, tracks]) => {
        const queue = scenarios.filter(({ lane }) => lane === kind);
        return tracks.map((track, index) => sleep(index * BETWEEN_STARTS_MS).then(() => drain(track, queue, board)));
      }),
    );
  }

  /** Plays all of them in parallel, two to a track, on workers that can be held. */
  async together(scenarios: readonly Scenario[], board: Board): Promise<void> {
    const tracks = [...this.tracks.steady, ...this.tracks.chaos];
    const places = tracks.flatMap((track) =>
      (['canary', 'blue-green'] as const).map((strategy) => ({ track, strategy })),
    );
    await Promise.all(
      scenarios.map(async (scenario, order) => {
        const index = places.findIndex(({ strategy }) => strategy === scenario.strategy);
        const [place] = places.splice(index, 1);
        if (index < 0 || !place)
          throw new Error(`There are not tracks enough to play ${scenario.name} together with the others.`);
        // Twenty plans in one moment are more than two cores answer in time.
        await sleep((order * BETWEEN_STARTS_MS) / 2);
        return playOn(place.track, scenario, board);
      }),
    );
  }

  /** Requests per second that were really sent, over the whole time so far. */
  async rate(): Promise<number> {
    const { apps } = await loadStats(this.sandbox);
    const counted = this.stages.reduce((sum, stage) => sum + stage.countedBefore, 0);
    const sent = Object.values(apps).reduce((sum, app) => sum + app.sent, counted);
    return sent / ((Date.now() - this.began) / 1000);
  }

  async close(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
    await Promise.all(
      [BACKGROUND, ...this.stages.map(({ app }) => app)].map((app) => removeApplication(this.sandbox, app, NAMESPACE)),
    );
  }
}

async function drain(track: Track, queue: Scenario[], board: Board): Promise<void> {
  for (let scenario = queue.shift(); scenario; scenario = queue.shift()) await playOn(track, scenario, board);
}

async function playOn(track: Track, scenario: Scenario, board: Board): Promise<void> {
  const began = Date.now();
  const took = () => `${((Date.now() - began) / 1000).toFixed(1)} s on ${track.name}`;
  try {
    await track.play(scenario);
    say(`ok    ${scenario.name} (${took()})`);
    board.passed(scenario);
  } catch (error) {
    say(`FAIL  ${scenario.name} (${took()}): ${error instanceof Error ? error.message : String(error)}`);
    board.failed(scenario, error);
  }
}
