import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { osUser, type Principal } from '../../src/domain/access/caller.ts';
import { startAccessServer, type AccessServer } from '../support/access-server.ts';
import { aView, createFakeGateway } from '../support/fake-gateway.ts';
import { send } from '../support/rest.ts';

const people: Readonly<Record<string, Principal>> = {
  ada: { identity: osUser('ada') },
  app: { identity: osUser('ada'), agent: { kind: 'agent', issuer: 'https://l', subject: 'app', name: 'app' } },
};
const view = aView({
  state: 'waiting-for-approval',
  reason: 'waiting for approval: 0 of 1; may approve: os#<b>ada</b>',
  waiting: { for: 'approval', answers: ['approve', 'reject', 'abort'], sinceMs: 0, deadlineInMs: 60_000 },
});
const gateway = createFakeGateway([view]);
const { cluster, namespace, rollout } = view.spec.target;
const path = `/approve/${cluster}/${namespace}/${rollout}`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

let server: AccessServer;
beforeAll(async () => {
  server = await startAccessServer({ authenticator: { authenticate: async (token) => people[token] } }, { gateway });
});
afterAll(() => server.close());

async function login(token: string): Promise<{ cookie: string }> {
  const { headers } = await send(`${server.root}/login`, { headers: FORM, body: `token=${token}` });
  return { cookie: String(headers['set-cookie']).split(';', 1)[0] ?? '' };
}

const post = (headers: object, body: string) =>
  send(`${server.root}${path}`, { headers: { ...FORM, ...headers }, body });

test('the page shows what is decided, with every text escaped, and loads nothing', async () => {
  const { status, body, headers } = await send(`${server.root}${path}`, { headers: await login('ada') });
  expect(status).toBe(200);
  expect(body).toContain('Approve what this release waits for?');
  expect(body).toContain('os#&lt;b&gt;ada&lt;/b&gt;');
  expect(body).toContain(`name="run_id" value="${view.runId}"`);
  expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
});

test('who has logged in decides as a person, for the run that was seen; a bearer token is an agent', async () => {
  for (const token of ['ada', 'app']) {
    gateway.sent.length = 0;
    const { status, body } = await post(await login(token), `decision=approve&run_id=${view.runId}&reason=fine`);
    expect([status, body]).toEqual([200, expect.stringContaining('role="status">done')]);
    expect(gateway.sent).toMatchObject([
      {
        id: view.id,
        command: { name: 'approve', why: 'fine', runId: view.runId, sender: { identity: osUser('ada') } },
      },
    ]);
  }
  gateway.sent.length = 0;
  await post({ authorization: 'Bearer ada' }, 'decision=reject');
  expect(gateway.sent).toMatchObject([
    { command: { name: 'reject', sender: { identity: { kind: 'agent' }, onBehalfOf: osUser('ada') } } },
  ]);
});

test('another site, a form without a decision, a server without the release, and nobody at all are refused', async () => {
  gateway.sent.length = 0;
  const session = await login('ada');
  expect((await post({ ...session, origin: 'https://evil.example' }, 'decision=approve')).status).toBe(403);
  expect((await post(session, 'decision=maybe')).status).toBe(400);
  expect((await send(`${server.root}/approve/${cluster}/${namespace}/nothing`, { headers: session })).status).toBe(404);
  expect((await post({}, 'decision=approve')).status).toBe(401);
  expect(gateway.sent).toEqual([]);
});

test('the page takes the decisions for which a release waits, with the step that was seen', async () => {
  const asking = aView({
    state: 'waiting-for-decision',
    reason: 'no data',
    stepIndex: 1,
    waiting: { for: 'decision', answers: ['skip-analysis', 'abort'], sinceMs: 0, deadlineInMs: 60_000 },
  });
  const asks = createFakeGateway([asking]);
  const other = await startAccessServer(
    { authenticator: { authenticate: async (token) => people[token] } },
    { gateway: asks },
  );
  try {
    const { headers } = await send(`${other.root}/login`, { headers: FORM, body: 'token=ada' });
    const cookie = String(headers['set-cookie']).split(';', 1)[0] ?? '';
    const { body } = await send(`${other.root}${path}`, { headers: { cookie } });
    expect(body).toContain('Decide about this release');
    expect(body).toContain('value="skip-analysis"');
    expect(body).not.toContain('value="approve"');
    const decided = { headers: { ...FORM, cookie }, body: 'decision=skip-analysis&step=1&reason=night' };
    expect((await send(`${other.root}${path}`, decided)).status).toBe(200);
    expect(asks.sent).toMatchObject([
      { command: { name: 'skip-analysis', step: 1, why: 'night', sender: { identity: osUser('ada') } } },
    ]);
    const unexplained = { headers: { ...FORM, cookie }, body: 'decision=skip-analysis&step=1' };
    expect((await send(`${other.root}${path}`, unexplained)).status).toBe(409);
  } finally {
    await other.close();
  }
});
