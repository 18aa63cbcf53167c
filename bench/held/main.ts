// Measures the cost of held releases: CPU of a look, memory, and heartbeats of a worker with many of them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EvidenceStore, type Held, type Watched } from '../../activities/evidence-store.ts';
import { createEvidence } from '../../src/evidence/prometheus/evidence.ts';
import { longestHeartbeatGap } from './heartbeats.ts';

const LOOKS = 120;
const MINUTE = 60_000;

process.exit(await main());

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      hours: { type: 'string', default: '168' },
      releases: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '60' },
    },
  });
  const [hours, releases, seconds] = [values.hours, values.releases, values.seconds].map(Number) as [
    number,
    number,
    number,
  ];
  if (![hours, releases, seconds].every((count) => Number.isFinite(count) && count > 0)) {
    console.error('--hours, --releases and --seconds are numbers above zero.');
    return 1;
  }
  const child = fork(new URL('prometheus.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const [port] = (await once(child, 'message')) as [number];
    const url = `http://127.0.0.1:${port}`;
    const { minute, week, held, catchUpMs } = await cost(url, hours);
    const bytes = await memory(url, held, releases);
    const gapMs = await longestHeartbeatGap(url, { releases, seconds });
    console.log(
      [
        `CPU of a look: ${minute.toFixed(2)} ms after a minute, ${week.toFixed(2)} ms after ${hours} h of 1 s scrapes: x${(week / minute).toFixed(2)}`,
        `without a checkpoint ${hours} h are read again in ${(catchUpMs / 1000).toFixed(1)} s; a checkpoint has ${(JSON.stringify(held).length / 1024).toFixed(1)} KB`,
        `memory of a held release: ${(bytes / 2 ** 20).toFixed(2)} MB (mean of ${releases})`,
        `${releases} held releases in one process: at most ${gapMs.toFixed(0)} ms between two heartbeats in ${seconds} s, 6000 ms allowed; load average ${(loadavg()[0] ?? 0).toFixed(1)}`,
      ].join('\n'),
    );
    return 0;
  } finally {
    child.disconnect();
  }
}

export function watchedFrom(since: number, runId = 'run-1'): Watched {
  return {
    runId,
    services: { candidate: 'shop-web-canary-80@kubernetescrd', stable: 'shop-web-stable-80@kubernetescrd' },
    sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 },
    since,
    warmUpMs: 0,
    stepFrom: since,
  };
}

async function cost(
  url: string,
  hours: number,
): Promise<{ minute: number; week: number; held: Held; catchUpMs: number }> {
  const evidence = createEvidence({ url });
  const since = Date.parse('2026-02-01T00:00:00Z');
  const store = new EvidenceStore(evidence);
  await store.look(watchedFrom(since), since + MINUTE);
  // The first hundred looks warm up the compiler.
  await looks(store, since, since + MINUTE);
  const minute = await looks(store, since, since + 3 * MINUTE);
  const began = performance.now();
  const { held } = await store.look(watchedFrom(since), since + hours * 60 * MINUTE);
  const catchUpMs = performance.now() - began;
  const week = await looks(store, since, since + hours * 60 * MINUTE);
  return { minute, week, held, catchUpMs };
}

/** CPU milliseconds of this process for a look, one each second. */
async function looks(store: EvidenceStore, since: number, from: number): Promise<number> {
  const began = process.cpuUsage();
  for (let look = 1; look <= LOOKS; look += 1) await store.look(watchedFrom(since), from + look * 1_000);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000 / LOOKS;
}

/** Bytes of memory for each of `releases` releases, all resumed from the same checkpoint. */
async function memory(url: string, held: Held, releases: number): Promise<number> {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const text = JSON.stringify(held);
  const checkpoints = { read: async () => JSON.parse(text) as Held, write: async () => undefined };
  const store = new EvidenceStore(createEvidence({ url }), checkpoints);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < releases; index += 1)
    await store.look(watchedFrom(held.watched.since, `run-${index}`), held.readTo + 5_000);
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / releases;
  // The states are still referenced here, so nothing was collected.
  await store.look(watchedFrom(held.watched.since, 'run-0'), held.readTo + 6_000);
  return bytes;
}
