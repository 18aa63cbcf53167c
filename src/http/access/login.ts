import type { FastifyInstance } from 'fastify';
import { parseForms } from './forms.ts';
import type { HttpAccess } from './gate.ts';
import type { Sessions } from './sessions.ts';

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

/** The page on which a person enters a token, at /login. */
export async function mountLogin(app: FastifyInstance, access: HttpAccess, sessions: Sessions): Promise<void> {
  const secure = access.publicUrl?.startsWith('https:') ?? false;
  await app.register((scope, _options, done) => {
    parseForms(scope);
    scope.get('/login', ({ query }, reply) =>
      reply
        .headers(HEADERS)
        .type('text/html; charset=utf-8')
        .send(page(placeIn(query))),
    );
    scope.post('/login', async ({ query, body }, reply) => {
      const token = body instanceof URLSearchParams ? (body.get('token') ?? '').trim() : '';
      if (token === '' || !(await access.authenticator.authenticate(token)))
        return reply
          .code(401)
          .headers(HEADERS)
          .type('text/html; charset=utf-8')
          .send(page(placeIn(query), true));
      return reply.header('set-cookie', sessions.begin(token, secure)).redirect(placeIn(query), 303);
    });
    done();
  });
}

/** Where to go after the login: a path of this server, never another site. */
function placeIn(query: unknown): string {
  const { to } = query as { to?: unknown };
  return typeof to === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? to : '/';
}

function page(to: string, wrong = false): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sluice: log in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;margin:.5rem 0}button{font:inherit;padding:.5rem 1rem}
code{background:#8882;padding:.1rem .3rem}</style></head><body><main><h1>Sluice</h1>
<p>Enter a token. On the machine of the server, its user gets one with <code>sluice token</code>.</p>
${wrong ? '<p role="alert"><strong>The token is not valid.</strong></p>' : ''}
<form method="post" action="/login?to=${encodeURIComponent(to)}">
<label for="token">Token</label><input id="token" name="token" type="password" autocomplete="off" required autofocus>
<button>Log in</button></form></main></body></html>`;
}
