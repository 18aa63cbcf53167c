import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { acquireBinary } from '../../sandbox/index.ts';
import { claimPorts } from '../../sandbox/processes/ports.ts';
import { eventually } from './releases-wait.ts';

export interface OwnPrometheus {
  /** The number of series that a query finds now. Throws if Prometheus refuses it. */
  count(query: string): Promise<number>;
  stop(): Promise<void>;
}

/** A real Prometheus that scrapes these addresses every second. `targets`: as in 127.0.0.1:8767. */
export async function startPrometheus(targets: readonly string[]): Promise<OwnPrometheus> {
  const { path } = await acquireBinary('prometheus');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-prometheus-'));
  const { ports, release } = await claimPorts(['prometheus']);
  const address = `127.0.0.1:${ports['prometheus']}`;
  const config = {
    global: { scrape_interval: '1s' },
    scrape_configs: [{ job_name: 'sluice', static_configs: [{ targets: [...targets] }] }],
  };
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  const own = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
  const child = spawn(path, [...own, `--web.listen-address=${address}`, '--log.level=warn'], { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const ask = async (query: string): Promise<readonly unknown[]> => {
    const response = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data, error } = (await response.json()) as { data?: { result: unknown[] }; error?: string };
    if (!data) throw new Error(`Prometheus refuses ${query}: ${error}`);
    return data.result;
  };
  await eventually('Prometheus answers', () => ask('up').catch(() => undefined));
  return {
    count: async (query) => (await ask(query)).length,
    async stop() {
      child.kill('SIGTERM');
      await gone;
      await release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
