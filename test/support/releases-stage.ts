import type { Sandbox } from '../../sandbox/index.ts';
import { addToLoad } from '../../sandbox/load/client.ts';
import { loadStats, resetLoadStats, setLoad, type AppStats } from '../../sandbox/index.ts';
import type { Strategy } from './fake-world-options.ts';
import type { Fault, Point } from './chaos-rules.ts';
import type { Cluster } from './releases-cluster.ts';
import type { Lane } from './releases-lane.ts';
import { Release } from './releases-release.ts';
import { eventually } from './releases-wait.ts';

export const NAMESPACE = 'e2e';

/** The environment of a scenario: one application under load, and the lane that releases it. */
export class Stage {
  readonly app: string;
  readonly strategy: Strategy;
  readonly lane: Lane;
  readonly cluster: Cluster;
  readonly sandbox: Sandbox;
  /** The last release that was started. */
  release: Release | undefined;
  /** Every image that this application has had. */
  readonly images: string[] = [];
  /** Interval in which 503 answers are expected. Times are epoch milliseconds. */
  excused: { from: number; until: number } | undefined;
  /** Requests that were sent before its counts were last reset. */
  countedBefore = 0;
  private static version = 1;

  constructor(sandbox: Sandbox, lane: Lane, cluster: Cluster, app: string, strategy: Strategy) {
    this.sandbox = sandbox;
    this.lane = lane;
    this.cluster = cluster;
    this.app = app;
    this.strategy = strategy;
  }

  get target() {
    return { cluster: this.sandbox.context, namespace: NAMESPACE, rollout: this.app };
  }

  /** A new unique image. `behaviour` is as in sandbox/node-agent/behaviour.ts, for example `errors-60`. */
  image(behaviour = ''): string {
    Stage.version += 1;
    const image = `shop:v${Stage.version}${behaviour ? `-${behaviour}` : ''}`;
    this.images.push(image);
    return image;
  }

  /** Starts a release of a new image through MCP. `file`: fields of the release file that differ from the defaults. */
  async start(behaviour = '', file: ReleaseOverrides = {}): Promise<Release> {
    return this.startImage(this.image(behaviour), file);
  }

  async startImage(image: string, file: ReleaseOverrides = {}): Promise<Release> {
    const started = await this.lane.mcp.call<{ release_id: string; run_id: string }>(
      'release_start',
      this.file(image, file),
    );
    this.release = new Release(this.lane.mcp, started.release_id, started.run_id, image);
    return this.release;
  }

  /** A release file with short times. */
  file(image: string, { analysis, timeouts, ...rest }: ReleaseOverrides = {}): Record<string, unknown> {
    return {
      target: this.target,
      image,
      strategy: this.strategy,
      ...(this.strategy === 'blue-green' ? { steps: [50, 100] } : {}),
      analysis: {
        judge: 'limits',
        soak: '2s',
        min_requests: 10,
        success_ratio: 0.95,
        p95_ms: 500,
        hold: '30s',
        ...analysis,
      },
      require_manual_promotion: false,
      auto_rollback: true,
      // Dozens of guards would keep the machine busy.
      guard: '0',
      timeouts: { step: '90s', approval: '90s', decision: '90s', rollback: '120s', ...timeouts },
      ...rest,
    };
  }

  arm(op: string, when: Point['when'], fault: Fault): void {
    this.lane.rules.set({ app: this.app, op, when }, fault);
  }

  /** Waits until a worker has reached the point. */
  async reached(op: string, when: Point['when']): Promise<void> {
    await eventually(
      `a worker is ${when} ${op} of ${this.app}`,
      () => this.lane.rules.reached({ app: this.app, op, when }) || undefined,
      { timeoutMs: 60_000 },
    );
  }

  letGo(op: string, when: Point['when']): void {
    this.lane.rules.clear({ app: this.app, op, when });
  }

  /** The image that is served before the scenario starts. */
  async present(): Promise<string> {
    const { rollout } = await this.cluster.read(this.target);
    return this.cluster.image(rollout) as string;
  }

  get loadKey(): string {
    return `${NAMESPACE}/${this.app}`;
  }

  /** Adds the application to the load, with its counts reset. */
  async traffic(): Promise<void> {
    this.excused = undefined;
    await addToLoad(this.sandbox, this.app, NAMESPACE, {});
    this.countedBefore += (await this.load()).sent;
    await resetLoadStats(this.sandbox, this.loadKey);
  }

  excuse503s(): void {
    this.excused = { from: Date.now(), until: Infinity };
  }

  excuseNoMore(): void {
    if (this.excused) this.excused.until = Date.now();
  }

  async noTraffic(): Promise<void> {
    await setLoad(this.sandbox, { apps: { [this.loadKey]: 0 } });
  }

  async load(): Promise<AppStats> {
    return (await loadStats(this.sandbox, this.loadKey)).apps[this.loadKey] as AppStats;
  }
}

export interface ReleaseOverrides extends Record<string, unknown> {
  readonly analysis?: Record<string, unknown>;
  readonly timeouts?: Record<string, unknown>;
}
