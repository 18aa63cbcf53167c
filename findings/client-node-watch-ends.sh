#!/usr/bin/env bash
# Finding: A Watch of the official JavaScript client ends after 30 s without an event, with a TimeoutError; an API
#   server has no duty to send anything in that time, and a quiet object sends nothing for hours. An informer's stop()
#   calls the informer's error handlers, so a handler that restarts the informer (the documented pattern) undoes the
#   stop.
# Packages: @kubernetes/client-node 2.0.1, node 24.21.0 (npm)
# Needs: bash, python3, npm. It takes about 50 s.
# Seen:
#   error handler of the informer: This operation was aborted
#   watches before stop(): 1, watches after stop() and the handler: 2
#   a watch without an event ended after 29 to 33 s: true - TimeoutError
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund node@24.21.0 @kubernetes/client-node@2.0.1
export PATH="$work/node_modules/.bin:$PATH"

cat >main.mjs <<'JS'
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig, makeInformer, Watch } from '@kubernetes/client-node';

// A quiet API server: lists are empty, a watch stays open and has no event. It counts the watches.
let watches = 0;
const server = createServer((request, answer) => {
  answer.writeHead(200, { 'content-type': 'application/json' });
  if (new URL(request.url, 'http://x').searchParams.get('watch') === 'true') {
    watches++;
    return answer.flushHeaders();
  }
  answer.end(JSON.stringify({ apiVersion: 'v1', kind: 'PodList', metadata: { resourceVersion: '7' }, items: [] }));
}).listen(0, '127.0.0.1');
await new Promise((done) => server.once('listening', done));
const config = new KubeConfig();
config.loadFromClusterAndUser(
  { name: 'c', server: `http://127.0.0.1:${server.address().port}`, skipTLSVerify: true },
  { name: 'u', token: 'none' },
);
const path = '/api/v1/namespaces/shop/pods';

const empty = async () => (await fetch(`${config.getCurrentCluster().server}${path}`)).json();
const informer = makeInformer(config, path, empty);
informer.on('error', async (error) => {
  console.log('error handler of the informer:', error.message);
  await sleep(100);
  await informer.start();
});
await informer.start();
while (watches < 1) await sleep(50);
await informer.stop();
for (let i = 0; i < 100 && watches < 2; i++) await sleep(50);
console.log('watches before stop(): 1, watches after stop() and the handler:', watches);

const start = Date.now();
const ended = await new Promise((done) => new Watch(config).watch(path, {}, () => undefined, done));
const seconds = Math.round((Date.now() - start) / 1000);
console.log('a watch without an event ended after 29 to 33 s:', seconds >= 29 && seconds <= 33, '-', ended?.name);
process.exit(0);
JS

node main.mjs >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
