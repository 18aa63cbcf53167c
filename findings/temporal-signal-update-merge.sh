#!/usr/bin/env bash
# Finding: One workflow task brings a signal and an update. The task before it was lost (timed out), and the two tasks
#   before that had no commands. A replay hands the result of an activity over together with the signal and the update,
#   and after them. A worker that had the run in its cache had seen the result first. So the replay of a workflow whose
#   handlers look at what the activity has changed fails with TMPRL1100. Without the lost task it does not.
# Packages: @temporalio/worker and workflow 1.24.0 (npm)
# Needs: bash, Node 20 or newer, npm. It takes about 40 s.
# Seen:
#   without the lost task: result / signal, update
#   with the lost task: signal, update, result
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{ "type": "module", "overrides": { "@swc/core": "1.16.18" } }' >package.json
npm install --silent --no-audit --no-fund @temporalio/common@1.24.0 @temporalio/worker@1.24.0 @temporalio/workflow@1.24.0

cat >workflows.js <<'JS'
import {
  condition, defineSignal, defineUpdate, proxyActivities, proxySinks, setHandler, workflowInfo,
} from '@temporalio/workflow';

const { deploy } = proxyActivities({ startToCloseTimeout: '10s' });
const { seen } = proxySinks();
export async function release() {
  const write = (what) => seen.write(workflowInfo().historyLength, what);
  setHandler(defineSignal('pause'), () => write('signal'));
  setHandler(defineUpdate('stop'), () => write('update'));
  await deploy();
  write('result');
  await condition(() => false);
}
JS

cat >main.mjs <<'JS'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ logger: new DefaultLogger('ERROR') });

/** A history: each entry is a type and its attributes; numbers are given by the position. */
function history(withLostTask) {
  const events = [];
  const add = (type, key, attributes) => {
    const eventId = String(events.length + 1);
    events.push({ eventId, eventTime: '2026-11-29T00:00:00Z', eventType: `EVENT_TYPE_${type}`, [key]: attributes });
    return eventId;
  };
  const task = () => {
    const scheduledEventId = add('WORKFLOW_TASK_SCHEDULED', 'workflowTaskScheduledEventAttributes', {
      taskQueue: { name: 'q' },
      startToCloseTimeout: '10s',
      attempt: 1,
    });
    const startedEventId = add('WORKFLOW_TASK_STARTED', 'workflowTaskStartedEventAttributes', { scheduledEventId });
    return { scheduledEventId, startedEventId };
  };
  const answered = () => {
    const given = task();
    const sdk = { sdkName: 'temporal-typescript', sdkVersion: '1.24.0' };
    const sdkMetadata = { coreUsedFlags: [1, 2, 3], langUsedFlags: [1, 2], ...sdk };
    const id = add('WORKFLOW_TASK_COMPLETED', 'workflowTaskCompletedEventAttributes', { ...given, sdkMetadata });
    return { ...given, id };
  };
  add('WORKFLOW_EXECUTION_STARTED', 'workflowExecutionStartedEventAttributes', {
    workflowType: { name: 'release' },
    taskQueue: { name: 'q' },
    originalExecutionRunId: 'run',
    firstExecutionRunId: 'run',
    workflowId: 'w',
    workflowTaskTimeout: '10s',
    attempt: 1,
  });
  const first = answered();
  const scheduledEventId = add('ACTIVITY_TASK_SCHEDULED', 'activityTaskScheduledEventAttributes', {
    activityId: '1',
    activityType: { name: 'deploy' },
    taskQueue: { name: 'q' },
    workflowTaskCompletedEventId: first.id,
    startToCloseTimeout: '10s',
  });
  answered();
  const startedEventId = add('ACTIVITY_TASK_STARTED', 'activityTaskStartedEventAttributes', { scheduledEventId });
  add('ACTIVITY_TASK_COMPLETED', 'activityTaskCompletedEventAttributes', { scheduledEventId, startedEventId });
  answered();
  if (withLostTask)
    add('WORKFLOW_TASK_TIMED_OUT', 'workflowTaskTimedOutEventAttributes', {
      ...task(),
      timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE',
    });
  add('WORKFLOW_EXECUTION_SIGNALED', 'workflowExecutionSignaledEventAttributes', { signalName: 'pause', header: {} });
  const last = answered();
  // The command of the signal's handler would stand here. It is what keeps the replay from looking for the update.
  add('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', 'upsertWorkflowSearchAttributesEventAttributes', {
    workflowTaskCompletedEventId: last.id,
    searchAttributes: {},
  });
  add('WORKFLOW_EXECUTION_UPDATE_ACCEPTED', 'workflowExecutionUpdateAcceptedEventAttributes', {
    protocolInstanceId: 'u',
    acceptedRequestMessageId: 'u/request',
    acceptedRequestSequencingEventId: last.scheduledEventId,
    acceptedRequest: { meta: { updateId: 'u', identity: 'x' }, input: { name: 'stop', header: {} } },
  });
  return historyFromJSON({ events });
}

const logger = new DefaultLogger('ERROR');
const workflowBundle = await bundleWorkflowCode({ workflowsPath: `${process.cwd()}/workflows.js`, logger });

for (const lost of [false, true]) {
  const seen = new Map();
  const fn = (_, at, what) => seen.set(at, [...(seen.get(at) ?? []), what]);
  const sinks = { seen: { write: { fn, callDuringReplay: true } } };
  // The end of the history is not reached: only the order in which things are handed over matters here.
  await Worker.runReplayHistory({ workflowBundle, sinks }, history(lost), 'w').catch(() => undefined);
  const text = [...seen.values()].map((one) => one.join(', ')).join(' / ');
  console.log(`${lost ? 'with' : 'without'} the lost task: ${text}`);
}
process.exit(0);
JS
node main.mjs 2>/dev/null | grep '^with' >seen.txt || true
cat seen.txt
diff <(sed -n 's/^#   \(with.*\)$/\1/p' "$self") seen.txt
