import { numberAt, recordAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import type { SeenEvent } from '../../cluster-objects/object-event.ts';
import type { Facts } from '../facts.ts';
import { containersOf, isSettled, type ContainerView } from '../pod-view.ts';
import { condition, conditionText } from '../../cluster-objects/conditions.ts';
import { refOf } from '../../cluster-objects/object-ref.ts';
import { evidence, plain, type Family, type Finding, type Rule } from '../rule.ts';
import { getStep } from '../steps.ts';

const reads = 'Pod status.containerStatuses[], its probes, and its events Unhealthy and Killing';

const rule = (name: string, means: string): Rule => ({
  name,
  means,
  reads,
  next: 'Correct the probe, or what the program answers to it.',
});

const READINESS = rule('readiness-probe', 'The container runs, and its readiness probe fails.');
const LIVENESS = rule('liveness-probe', 'The kubelet restarts the container because its liveness probe fails.');
const STARTUP = rule('startup-probe', 'The container does not pass its startup probe.');
const GATE: Rule = {
  name: 'readiness-gate',
  means: 'The containers are ready, and a readiness gate of the pod is not.',
  reads: 'Pod spec.readinessGates, status.conditions',
  next: 'Look at the controller that sets the condition.',
};

export const probes: Family = {
  name: 'Probes',
  kinds: ['Pod'],
  rules: [READINESS, LIVENESS, STARTUP, GATE],
  find(pod, facts) {
    if (isSettled(pod)) return [];
    return [...containersOf(pod).flatMap((container) => probed(pod, container, facts)), ...gates(pod)];
  },
};

function probed(pod: ApiObject, container: ContainerView, facts: Facts): readonly Finding[] {
  const killed = killedByProbe(pod, container, facts);
  if (killed) {
    const kind = /startup probe/i.test(killed.message) ? STARTUP : LIVENESS;
    return [found(kind, pod, container, kind === STARTUP ? 'startupProbe' : 'livenessProbe', killed)];
  }
  if (container.runningSince === undefined || container.ready || hasCrashed(container)) return [];
  if (!container.started) return waiting(STARTUP, 'startupProbe', /startup probe/i, pod, container, facts);
  return waiting(READINESS, 'readinessProbe', /readiness probe/i, pod, container, facts);
}

const hasCrashed = ({ last, restarts }: ContainerView): boolean =>
  restarts > 0 && last !== undefined && last.exitCode !== 0;

/** The event with which the kubelet says that a probe ended a container. Undefined if none did. */
export function killedByProbe(pod: ApiObject, { name, last, ended, restarts, ready }: ContainerView, facts: Facts) {
  const signalled = [last, ended].some((end) => end !== undefined && [137, 143].includes(end.exitCode));
  const asked = restarts > 0 && !ready && (signalled || last?.reason === 'Error' || last?.reason === 'Completed');
  if (!asked || last?.reason === 'OOMKilled') return undefined;
  const events = facts.events(pod);
  const killing = events.find(
    ({ reason, message }) =>
      reason === 'Killing' && message.includes(name) && /failed (liveness|startup) probe/i.test(message),
  );
  const unhealthy = events.find(
    ({ reason, message }) => reason === 'Unhealthy' && /^(liveness|startup) probe/i.test(message),
  );
  return killing && unhealthy ? unhealthy : (killing ?? (signalled ? unhealthy : undefined));
}

/** Without an event the probe has failed for certain when its time is over. */
function waiting(
  kind: Rule,
  field: string,
  words: RegExp,
  pod: ApiObject,
  container: ContainerView,
  facts: Facts,
): readonly Finding[] {
  const event = facts.events(pod).find(({ reason, message }) => reason === 'Unhealthy' && words.test(message));
  if (event) return [found(kind, pod, container, field, event)];
  const probe = recordAt(container.spec, field);
  if (Object.keys(probe).length === 0) return [];
  const seconds = (numberAt(probe, 'initialDelaySeconds') ?? 0) + allowedSeconds(probe);
  const since = Date.parse(container.runningSince ?? '');
  return facts.now - since > seconds * 1000 ? [found(kind, pod, container, field)] : [];
}

function allowedSeconds(probe: ApiObject): number {
  const [period, times] = [numberAt(probe, 'periodSeconds') ?? 10, numberAt(probe, 'failureThreshold') ?? 3];
  return period * times + (numberAt(probe, 'timeoutSeconds') ?? 1);
}

function found(kind: Rule, pod: ApiObject, container: ContainerView, field: string, event?: SeenEvent): Finding {
  const place = `spec.${container.init ? 'initContainers' : 'containers'}[${container.name}].${field}`;
  const probe = recordAt(container.spec, field);
  return {
    rule: kind,
    object: pod,
    summary: `Container ${container.name}: ${event ? plain(event.message, 200) : `it runs since ${container.runningSince}, and is not ready.`}`,
    evidence: [
      ...(event ? [evidence(pod, `event ${event.reason}`, event.message)] : []),
      evidence(pod, `${container.path}`, `ready: ${container.ready}, restarts: ${container.restarts}`),
      ...(Object.keys(probe).length > 0 ? [evidence(pod, place, probe)] : []),
    ],
    step: getStep(refOf(pod), 'spec.containers'),
  };
}

function gates(pod: ApiObject): readonly Finding[] {
  const ready = condition(pod, 'Ready');
  if (ready?.['reason'] !== 'ReadinessGatesNotReady') return [];
  return [
    {
      rule: GATE,
      object: pod,
      summary: `A readiness gate is not ready: ${plain(textAt(ready, 'message') ?? '', 200)}`,
      evidence: [evidence(pod, 'status.conditions[Ready]', conditionText(ready))],
      step: getStep(refOf(pod), 'status.conditions'),
    },
  ];
}
