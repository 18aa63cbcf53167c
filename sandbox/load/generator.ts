import { Agent, request } from 'node:http';

import { Answers } from './answers.ts';
import { GrpcCaller } from './grpc.ts';
import type { AppStats, LoadApp, LoadStats } from './config.ts';

const TICK_MS = 5;
const MAX_IN_FLIGHT = 2_000;
const REQUEST_TIMEOUT_MS = 10_000;
const FAILURES_KEPT = 500;

interface Entry {
  url: string;
  host: string;
  port: number;
  agent: Agent;
}

const emptyStats = (): AppStats => ({
  since: Date.now(),
  sent: 0,
  answered: 0,
  versions: {},
  connectionErrors: 0,
  connectionErrorCodes: {},
  failures: [],
});

/**
 * Sends at a constant rate whatever the answers are (an open loop), because a slow version must not reduce its own
 * traffic.
 */
export class Generator {
  private readonly entries: Entry[];
  private readonly apps = new Map<string, LoadApp>();
  private readonly stats = new Map<string, AppStats>();
  private readonly owed = new Map<string, number>();
  private readonly grpc = new GrpcCaller();
  /** For Prometheus. */
  readonly answers = new Answers();
  private turn = 0;
  private inFlight = 0;
  private skipped = 0;
  private since = Date.now();
  rps: number;

  constructor(entryUrls: string[], rps: number) {
    this.rps = rps;
    this.entries = entryUrls.map((text) => {
      const url = new URL(text);
      // FIFO scheduling uses every connection, so that none is closed for idleness at the moment of its next use.
      return {
        url: text,
        host: url.hostname,
        port: Number(url.port),
        agent: new Agent({ keepAlive: true, scheduling: 'fifo', maxSockets: 256 }),
      };
    });
  }

  put(app: LoadApp): void {
    this.apps.set(app.key, app);
    if (!this.stats.has(app.key)) this.stats.set(app.key, emptyStats());
  }

  remove(key: string): void {
    this.apps.delete(key);
    this.owed.delete(key);
    this.stats.delete(key);
  }

  list(): LoadApp[] {
    return [...this.apps.values()];
  }

  reset(key?: string): void {
    for (const name of key === undefined ? [...this.stats.keys()] : [key]) this.stats.set(name, emptyStats());
    if (key !== undefined) return;
    this.skipped = 0;
    this.since = Date.now();
  }

  snapshot(key?: string): LoadStats {
    const apps = [...this.stats].filter(([name]) => key === undefined || name === key);
    return { since: this.since, now: Date.now(), rps: this.rps, skipped: this.skipped, apps: Object.fromEntries(apps) };
  }

  run(): void {
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      // After a stall of this process the missed requests are not sent in one burst.
      const seconds = Math.min(now - last, 250) / 1000;
      last = now;
      this.sendDue(seconds);
    }, TICK_MS);
  }

  private sendDue(seconds: number): void {
    const apps = this.list();
    const fixed = apps.reduce((sum, app) => sum + (app.rps ?? 0), 0);
    const sharing = apps.filter((app) => app.rps === undefined).length;
    const share = Math.max(0, this.rps - fixed) / Math.max(1, sharing);
    for (const app of apps) {
      const owed = (this.owed.get(app.key) ?? 0) + (app.rps ?? share) * seconds;
      const due = Math.floor(owed);
      this.owed.set(app.key, owed - due);
      for (let n = 0; n < due; n += 1) this.send(app);
    }
  }

  private send(app: LoadApp): void {
    const stats = this.stats.get(app.key);
    if (!stats) return;
    if (this.inFlight >= MAX_IN_FLIGHT) {
      this.skipped += 1;
      return;
    }
    this.turn += 1;
    this.inFlight += 1;
    stats.sent += 1;
    const entry = this.entries[this.turn % this.entries.length]!;
    if (app.protocol === 'grpc') void this.callGrpc(app, entry, stats);
    else this.exchange(app, entry, stats);
  }

  /** A failed call counts as status 500, so that the figures read as those of HTTP. */
  private async callGrpc(app: LoadApp, entry: Entry, stats: AppStats): Promise<void> {
    const started = performance.now();
    const { code, version } = await this.grpc.call(`${entry.host}:${entry.port}`, app.host);
    this.inFlight -= 1;
    const status = code === 0 ? 200 : 500;
    recordAnswer(stats, entry.url, status, version, performance.now() - started);
    this.answers.add({ key: app.key, version, pod: 'none', status });
  }

  private exchange(app: LoadApp, entry: Entry, stats: AppStats): void {
    const started = performance.now();
    const outgoing = request({
      host: entry.host,
      port: entry.port,
      agent: entry.agent,
      path: '/',
      headers: { host: app.host },
      timeout: REQUEST_TIMEOUT_MS,
    });
    let settled = false;
    const settle = (record: () => void): void => {
      if (settled) return;
      settled = true;
      this.inFlight -= 1;
      record();
    };
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('no answer'), { code: 'TIMEOUT' })));
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      settle(() => recordError(stats, entry.url, error.code ?? error.message)),
    );
    outgoing.on('response', (response) => {
      response.resume();
      response.on('error', (error: NodeJS.ErrnoException) =>
        settle(() => recordError(stats, entry.url, error.code ?? error.message)),
      );
      response.on('end', () =>
        settle(() => {
          const status = response.statusCode ?? 0;
          const version = String(response.headers['x-version'] ?? 'none');
          recordAnswer(stats, entry.url, status, version, performance.now() - started);
          this.answers.add({ key: app.key, version, pod: String(response.headers['x-pod'] ?? 'none'), status });
        }),
      );
    });
    outgoing.end();
  }
}

function recordError(stats: AppStats, entry: string, code: string): void {
  stats.connectionErrors += 1;
  stats.connectionErrorCodes[code] = (stats.connectionErrorCodes[code] ?? 0) + 1;
  keep(stats, { at: Date.now(), version: 'none', status: 0, error: code, entry });
}

function recordAnswer(stats: AppStats, entry: string, status: number, version: string, ms: number): void {
  const now = Date.now();
  stats.answered += 1;
  const of = (stats.versions[version] ??= {
    status: {},
    count: 0,
    latencyMsSum: 0,
    latencyMsMax: 0,
    firstAt: now,
    lastAt: now,
  });
  of.count += 1;
  of.status[status] = (of.status[status] ?? 0) + 1;
  of.latencyMsSum += ms;
  of.latencyMsMax = Math.max(of.latencyMsMax, ms);
  of.lastAt = now;
  if (status >= 400) keep(stats, { at: now, version, status, entry });
}

function keep(stats: AppStats, failure: AppStats['failures'][number]): void {
  stats.failures.push(failure);
  if (stats.failures.length > FAILURES_KEPT) stats.failures.shift();
}
