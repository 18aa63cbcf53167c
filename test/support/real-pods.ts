import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxDown, sandboxUp, type Sandbox } from '../../sandbox/index.ts';
import { capabilityOf } from '../../sandbox/real-pods/requirements.ts';

const capability = capabilityOf();
/** Why this machine cannot run real pods. Undefined if it can. */
export const cannot = 'missing' in capability ? capability.missing.join('; ') : undefined;
/** For the name of a test. */
export const why = cannot === undefined ? '' : ` (skipped: ${cannot})`;

/** A sandbox with real pods in a folder of its own, and without applications. */
export class RealPods {
  readonly home = mkdtempSync(join(tmpdir(), 'sluice-pods-'));
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  up(): Promise<Sandbox> {
    const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
    const what = { with: ['real-pods'], applications: [], rps: 60, onProgress };
    return sandboxUp({ name: this.name, home: this.home, ...what });
  }

  async down(): Promise<void> {
    await sandboxDown({ name: this.name, home: this.home });
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** The version that answers through Traefik, by the header of the answer. */
export function versionThrough(entry: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(entry, { headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(String(response.headers['x-version']));
    })
      .on('error', reject)
      .end();
  });
}
