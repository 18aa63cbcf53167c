import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createKeys } from '../../src/adapters/credentials/keys.ts';
import { createOAuth } from '../../src/adapters/oauth/index.ts';
import { anyOf } from '../../src/domain/access/authenticator.ts';
import { startAccessServer, type AccessServer } from '../support/access-server.ts';

/** `SLUICE_FUZZ_REQUESTS=100000` sends more or fewer. */
const REQUESTS = Number(process.env['SLUICE_FUZZ_REQUESTS'] ?? 10_000);
const AT_ONCE = 50;

let server: AccessServer;
beforeAll(async () => {
  server = await startAccessServer((root) => ({
    publicUrl: root,
    issuers: ['https://idp.invalid'],
    authenticator: anyOf([
      createKeys('/nonexistent/keys'),
      createOAuth({
        issuers: ['https://idp.invalid'],
        audiences: [`${root}/mcp`],
        algorithms: ['RS256'],
        groupsClaim: 'groups',
      }),
    ]),
  }));
});
afterAll(() => server.close());

const noise = fc.string({ unit: fc.constantFrom(...'aZ0 /?&=%.:;,"\'\\<>{}[]()*+-_~#@!\t'), maxLength: 40 });
const segment = fc.oneof(noise, fc.constantFrom('..', '%2e%2e', '%00', '%', 'mcp', 'engine', 'v1', 'tools', 'login'));
const path = fc.oneof(
  fc.constantFrom(
    '/mcp',
    '/',
    '/login',
    '/login?to=//x',
    '/healthz',
    '/engine/v1/tools',
    '/engine/v1/docs',
    '/.well-known/x',
  ),
  fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
);
const jwt = fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => parts.join('.'));
const credential = fc.oneof(
  noise,
  fc.constantFrom(
    '',
    'Bearer',
    'Bearer ',
    'bearer null',
    `Bearer ${'x'.repeat(9000)}`,
    'Basic YTph',
    'Bearer slk_../../../etc',
  ),
  fc.oneof(jwt, noise).map((token) => `Bearer ${token}`),
);
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'XYZ'),
  path: path.map((text) => text.replaceAll(/[ \t]/g, '+')),
  credential: credential.map((text) => text.replaceAll('\t', ' ')),
  cookie: noise.map((text) => text.replaceAll('\t', ' ')),
  type: fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', ''),
  body: fc.oneof(noise, fc.json(), fc.constant('token=x')),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

/** Everything that the server sends. fetch would correct the request. */
function sent({ method, path: target, credential: authorization, cookie, type, body }: Request): Promise<string> {
  const head = [
    `${method} ${target} HTTP/1.1`,
    'host: localhost',
    'connection: close',
    `authorization: ${authorization}`,
    `cookie: sluice_session=${cookie}`,
    ...(type === '' ? [] : [`content-type: ${type}`]),
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(new URL(server.root).port), '127.0.0.1');
    socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
    // A refused body may be cut with a reset. What was answered before counts.
    socket.on('close', () => resolve(answer)).on('error', () => undefined);
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}

test(
  `${REQUESTS} wrong requests: none gets in, no crash, no stack trace`,
  async () => {
    const requests = fc.sample(request, { numRuns: REQUESTS, seed: 20_261_129 });
    for (let from = 0; from < requests.length; from += AT_ONCE) {
      const some = requests.slice(from, from + AT_ONCE);
      const answers = await Promise.all(some.map(sent));
      for (const [index, answer] of answers.entries()) {
        const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
        expect([some[index], status >= 500, /\n\s+at |node_modules|\.ts:\d/.test(answer)]).toEqual([
          some[index],
          false,
          false,
        ]);
        expect(answer).not.toContain('"result"');
      }
    }
    expect(server.audit.entries).toEqual([]);
    expect((await fetch(`${server.root}/healthz`)).status).toBe(200);
  },
  Math.max(60_000, 40 * REQUESTS),
);
