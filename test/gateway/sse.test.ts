import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aServer, startGateway, startRemote, type Stage } from '../support/gateway-stage.ts';
import { inSession, session, textOf } from '../support/gateway-wire.ts';
import { connect, ERAS } from '../support/mcp-clients.ts';

let stage: Stage;
let remote: { url: string; stop(): Promise<void> };

beforeAll(async () => {
  remote = await startRemote('old', 'sse');
  stage = await startGateway([aServer('it', { old: { transport: 'sse', url: remote.url, headers: {} } })]);
}, 30_000);
afterAll(async () => {
  await stage.close();
  await remote.stop();
});

test.each(ERAS)(
  'a %s reaches a version of the transport of 2024',
  async (era) => {
    const client = await connect(era, { url: stage.url('it') }, { answer: true });
    const seen: string[] = [];
    const done = await client.callTool('steps', {}, (message) => seen.push(message));
    const asked = await client.callTool('ask', {});
    await client.close();
    expect([done, asked].map(({ content }) => content[0]?.text)).toEqual(['old done', 'old heard accept {"yes":true}']);
    expect(seen).toEqual(['step 1', 'step 2', 'step 3']);
  },
  30_000,
);

test('each session has a connection of its own, and its state', async () => {
  const [one, two] = [await session(stage.url('it')), await session(stage.url('it'))];
  const counted = [];
  for (const mine of [one, one, two]) counted.push(...(await inSession(stage.url('it'), mine, 'version')).messages);
  expect(counted.map(textOf)).toEqual(['old 1', 'old 2', 'old 1']);
});

test('a version that goes away is an error of the call', async () => {
  const mine = await session(stage.url('it'));
  await remote.stop();
  const { messages } = await inSession(stage.url('it'), mine, 'version');
  expect(messages[0]?.error?.data?.code).toBe('UPSTREAM_UNREACHABLE');
});
