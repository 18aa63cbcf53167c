import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aServer, program, remote, startGateway, startRemote, type Stage } from '../support/gateway-stage.ts';
import { connect, ERAS, type Era, type TestClient, type ToolAnswer } from '../support/mcp-clients.ts';

const YEAR = { '2026 client': '2026', '2025 client': '2025' } as const;
const said = ({ content }: ToolAnswer): string => content[0]?.text ?? '';

describe.each(ERAS)('a %s', (era: Era) => {
  let stage: Stage;
  let remotes: { url: string; stop(): Promise<void> }[];

  beforeAll(async () => {
    const year = YEAR[era];
    remotes = await Promise.all(['one', 'two'].map((label) => startRemote(label, year)));
    const [one, two] = remotes.map(({ url }) => remote(url));
    if (!one || !two) throw new Error('no servers');
    stage = await startGateway([
      aServer('processes', { one: program('one', year), two: program('two', year) }),
      aServer('remotes', { one, two }),
    ]);
  }, 60_000);
  afterAll(async () => {
    await stage.close();
    await Promise.all(remotes.map(({ stop }) => stop()));
  });

  const using = async (name: string, use: (client: TestClient) => Promise<void>, options = {}): Promise<void> => {
    const client = await connect(era, { url: stage.url(name) }, options);
    await use(client).finally(() => client.close());
  };

  describe.each(['processes', 'remotes'])('of versions that are %s', (name) => {
    test('lists, calls and gets answers of its version', () =>
      using(name, async (client) => {
        const { tools } = await client.listTools();
        expect(tools.map((tool) => tool.name)).toContain('version');
        expect(said(await client.callTool('version', {}))).toMatch(/^one \d+$/);
      }));

    test('sees progress of its own call', () =>
      using(name, async (client) => {
        const seen: string[] = [];
        expect(said(await client.callTool('steps', {}, (message) => seen.push(message)))).toBe('one done');
        expect(seen).toEqual(['step 1', 'step 2', 'step 3']);
      }));

    test('is asked by the version, and its answer comes back there', () =>
      using(
        name,
        async (client) => {
          expect(said(await client.callTool('ask', {}))).toMatch(/^one heard (true|accept)/);
        },
        { answer: true },
      ));

    test('several at once get each their own answers', async () => {
      const clients = await Promise.all([1, 2, 3, 4].map(() => connect(era, { url: stage.url(name) })));
      const seen: string[][] = clients.map(() => []);
      const answers = await Promise.all(
        clients.map((client, index) => client.callTool('steps', {}, (message) => seen[index]?.push(message))),
      );
      await Promise.all(clients.map((client) => client.close()));
      expect(answers.map(said)).toEqual(Array(4).fill('one done'));
      expect(seen).toEqual(Array(4).fill(['step 1', 'step 2', 'step 3']));
    });
  });
});
