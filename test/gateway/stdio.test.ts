import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aServer, program, remote, startRemote, type Reached } from '../support/gateway-stage.ts';
import { connect, ERAS, type Era, type TestClient, type ToolAnswer } from '../support/mcp-clients.ts';

const PROGRAM = fileURLToPath(new URL('../support/gateway-stdio.ts', import.meta.url));
const YEAR = { '2026 client': '2026', '2025 client': '2025' } as const;
const said = ({ content }: ToolAnswer): string => content[0]?.text ?? '';

describe.each(ERAS)('a %s that starts the gateway as its server', (era: Era) => {
  let upstreams: Record<string, [Reached, Reached]>;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const year = YEAR[era];
    const started = await Promise.all(['one', 'two'].map((label) => startRemote(label, year)));
    stops.push(...started.map(({ stop }) => stop));
    const [one, two] = started.map(({ url }) => remote(url)) as [Reached, Reached];
    upstreams = { processes: [program('one', year), program('two', year)], remotes: [one, two] };
  }, 60_000);
  afterAll(() => Promise.all(stops.map((stop) => stop())));

  describe.each(['processes', 'remotes'])('in front of versions that are %s', (kind) => {
    let client: TestClient;
    let folder: string;
    let shift: (traffic: number, versions?: string[]) => Promise<void>;

    beforeAll(async () => {
      const [one, two] = upstreams[kind] ?? [];
      if (!one || !two) throw new Error(kind);
      folder = mkdtempSync(join(tmpdir(), 'gateway-'));
      const file = join(folder, 'server.json');
      let revision = 1;
      shift = async (traffic, versions = ['one', 'two']) => {
        const server = aServer('it', { one, two }, { two: traffic });
        const kept = server.versions.filter(({ version }) => versions.includes(version));
        // In one step, so that the gateway does not read half of it.
        writeFileSync(`${file}.new`, JSON.stringify({ ...server, versions: kept, revision: (revision += 1) }));
        renameSync(`${file}.new`, file);
        await new Promise((resolve) => setTimeout(resolve, 400));
      };
      await shift(0);
      client = await connect(era, { command: process.execPath, args: [PROGRAM, file] }, { answer: true });
    }, 60_000);
    afterAll(() => client.close());

    test('calls, sees progress, and is asked', async () => {
      const seen: string[] = [];
      const until = join(folder, 'seen');
      const see = (message: string): void => {
        if (seen.push(message) === 3) writeFileSync(until, '');
      };
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain('version');
      expect(said(await client.callTool('steps', { until }, see))).toBe('one done');
      expect(seen).toEqual(['step 1', 'step 2', 'step 3']);
      expect(said(await client.callTool('ask', {}))).toMatch(/^one heard/);
    }, 30_000);

    test(era === '2025 client' ? 'stays with its version' : 'moves with its traffic', async () => {
      await shift(100);
      expect(said(await client.callTool('version', {}))).toMatch(era === '2025 client' ? /^one/ : /^two/);
    }, 30_000);

    test('goes on with the version that is left, when its own is removed', async () => {
      await shift(100, ['two']);
      expect(said(await client.callTool('version', {}))).toMatch(/^two/);
    }, 30_000);
  });
});
