import { plural } from '../../plural.ts';
import { textAt, type ApiObject, metaOf } from '../../cluster-objects/api-object.ts';
import type { Facts } from '../facts.ts';
import { containersOf, isSettled, type ContainerView, type Ended } from '../pod-view.ts';
import { evidence, plain, type Evidence, type Family, type Finding, type Rule } from '../rule.ts';
import { refOf } from '../../cluster-objects/object-ref.ts';
import { getStep, logsStep } from '../steps.ts';
import { killedByProbe } from './probes.ts';

const reads = 'Pod status.containerStatuses[].state and lastState, and the end of its log';

const rule = (name: string, means: string, next: string): Rule => ({ name, means, reads, next });

const OOM = rule(
  'out-of-memory',
  'The kernel ended the container because it used more memory than its limit.',
  'Raise resources.limits.memory, or lower what the program uses.',
);
const NOT_STARTED = rule(
  'container-cannot-start',
  'The runtime cannot start the container: for example its command does not exist in the image.',
  'Correct command, args or the mounts of the container.',
);
const INIT = rule(
  'init-container-fails',
  'An init container ends with an error, so the others never start.',
  'Read the log of the init container.',
);
const ENDS = rule(
  'container-ends',
  'The container ends with exit code 0, although it is to run all the time.',
  'Start a program that does not end, or use a Job.',
);
const CRASHES = rule(
  'crash-loop',
  'The container ends with an error each time it is started.',
  'Read the log of the container before its last restart.',
);
const FAILED = rule('container-failed', 'The container has ended with an error.', 'Read the log of the container.');

export const crashes: Family = {
  name: 'Containers that end',
  kinds: ['Pod'],
  rules: [OOM, NOT_STARTED, INIT, ENDS, CRASHES, FAILED],
  find(pod, facts) {
    if (isSettled(pod)) return [];
    return containersOf(pod).flatMap((container) => found(pod, container, facts) ?? []);
  },
};

const CANNOT_START = ['RunContainerError', 'CreateContainerError', 'StartError', 'ContainerCannotRun'];
/** Exit codes of a shell and of runtimes: not executable, and not found. */
const NO_COMMAND = [126, 127, 128];

function found(pod: ApiObject, container: ContainerView, facts: Facts): Finding | undefined {
  const { waiting } = container;
  if (waiting && CANNOT_START.includes(waiting.reason)) return cannotStart(pod, container, waiting.message);
  const end = endOf(container);
  if (!end || killedByProbe(pod, container, facts)) return undefined;
  if (CANNOT_START.includes(end.reason)) return cannotStart(pod, container, end.message);
  if (end.reason === 'OOMKilled') return outOfMemory(pod, container, end);
  return failing(pod, container, end, facts);
}

/** How a container ended that does not do its work now. */
function endOf({ ended, last, ready, restarts, waiting, init }: ContainerView): Ended | undefined {
  if (ended) return ended.exitCode === 0 && (init || restarts === 0) ? undefined : ended;
  if (ready || last === undefined || restarts === 0) return undefined;
  return waiting?.reason === 'CrashLoopBackOff' || last.exitCode !== 0 ? last : undefined;
}

function cannotStart(pod: ApiObject, container: ContainerView, message: string): Finding {
  return {
    rule: NOT_STARTED,
    object: pod,
    summary: `Container ${container.name} cannot be started: ${plain(message, 200)}`,
    evidence: [stateOf(pod, container)],
    step: getStep(refOf(pod), 'spec.containers'),
  };
}

function outOfMemory(pod: ApiObject, container: ContainerView, end: Ended): Finding {
  const limit = textAt(container.spec, 'resources', 'limits', 'memory');
  const words = limit === undefined ? 'and has no limit of its own' : `at its limit of ${limit}`;
  return {
    rule: OOM,
    object: pod,
    summary: `Container ${container.name} ran out of memory ${words}. It was restarted ${plural(container.restarts, 'time')}.`,
    evidence: [
      evidence(pod, `${container.path}.lastState.terminated`, `${end.reason}, exit code ${end.exitCode}`),
      evidence(pod, `spec.containers[${container.name}].resources.limits.memory`, limit ?? 'not set'),
    ],
    step: getStep(refOf(pod), 'spec.containers'),
  };
}

function failing(pod: ApiObject, container: ContainerView, end: Ended, facts: Facts): Finding {
  const kept = textAt(pod, 'spec', 'restartPolicy') === 'Never';
  const kind = container.init ? INIT : end.exitCode === 0 ? ENDS : kept || container.restarts === 0 ? FAILED : CRASHES;
  const previous = container.ended === undefined;
  const line = lastLine(pod, container, end, facts, previous);
  const how = NO_COMMAND.includes(end.exitCode)
    ? `${end.exitCode} (a command was not found or cannot be run)`
    : end.exitCode;
  return {
    rule: kind,
    object: pod,
    summary: `${container.init ? 'Init container' : 'Container'} ${container.name} ends with exit code ${how}${
      container.restarts > 0 ? `, after ${plural(container.restarts, 'restart')}` : ''
    }.${line ? ` Its last line is: ${plain(line.value, 160)}` : ''}`,
    evidence: [stateOf(pod, container), ...(line ? [line] : [])],
    step: logsStep(pod, container.name, previous),
  };
}

function stateOf(pod: ApiObject, container: ContainerView): Evidence {
  const { waiting, ended, last, path } = container;
  const end = ended ?? last;
  const parts = [
    ...(waiting ? [`waiting: ${waiting.reason}${waiting.message ? ` (${waiting.message})` : ''}`] : []),
    ...(end ? [`ended: ${end.reason}, exit code ${end.exitCode}${end.message ? ` (${end.message})` : ''}`] : []),
    `restarts: ${container.restarts}`,
  ];
  return evidence(pod, `${path}.${ended ? 'state' : 'lastState'}`, parts.join('; '));
}

/** The end of the log. A container can also leave a message as the reason of its end. */
function lastLine(
  pod: ApiObject,
  container: ContainerView,
  end: Ended,
  facts: Facts,
  previous: boolean,
): Evidence | undefined {
  const { namespace = '', name } = metaOf(pod);
  const log = facts.log({ namespace, pod: name, container: container.name, previous });
  const line = (log ?? end.message).trimEnd().split('\n').at(-1)?.trim();
  if (!line) return undefined;
  return evidence(pod, log === undefined ? `${container.path} message` : `log of ${container.name}, last line`, line);
}
