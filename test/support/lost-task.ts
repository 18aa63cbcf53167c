interface HistoryEvent {
  eventId: string;
  eventTime: string;
  eventType: string;
  workflowExecutionUpdateAcceptedEventAttributes?: { acceptedRequestSequencingEventId: string };
}
interface History {
  readonly events: HistoryEvent[];
}

/** Every field of an event that contains the number of an event. */
const REFERENCES =
  /"(eventId|scheduledEventId|startedEventId|acceptedEventId|workflowTaskCompletedEventId|acceptedRequestSequencingEventId)":\s*"(\d+)"/g;

/**
 * The numbers of the signals whose task also contained an update and followed a task without commands. `text`: a
 * history in the form of historyToJSON.
 */
export function signalsWithUpdate(text: string): number[] {
  const { events } = JSON.parse(text) as History;
  const typeOf = (id: number) => events[id - 1]?.eventType.replace('EVENT_TYPE_', '');
  return events.flatMap(({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) => {
    const signal = Number(accepted?.acceptedRequestSequencingEventId) - 1;
    return typeOf(signal) === 'WORKFLOW_EXECUTION_SIGNALED' && typeOf(signal - 1) === 'WORKFLOW_TASK_COMPLETED'
      ? [signal]
      : [];
  });
}

/** The end of a workflow task that changed nothing. */
type Ending = 'lost' | 'without commands';

const ENDINGS: Readonly<Record<Ending, (started: object) => object>> = {
  lost: (started) => ({
    eventType: 'EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT',
    workflowTaskTimedOutEventAttributes: { ...started, timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE' },
  }),
  'without commands': (started) => ({
    eventType: 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED',
    workflowTaskCompletedEventAttributes: { ...started, sdkMetadata: {} },
  }),
};

/** The same history with one more workflow task before the event `before`. */
export function withTask(text: string, before: number, ending: Ending): string {
  const shifted = text.replace(
    REFERENCES,
    (_, field: string, id: string) => `"${field}":"${Number(id) >= before ? Number(id) + 3 : id}"`,
  );
  const { events } = JSON.parse(shifted) as History;
  const { eventTime } = events[before - 1] as HistoryEvent;
  const scheduledEventId = String(before);
  const added = [
    {
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
      workflowTaskScheduledEventAttributes: { taskQueue: { name: 'lost' }, startToCloseTimeout: '10s', attempt: 1 },
    },
    { eventType: 'EVENT_TYPE_WORKFLOW_TASK_STARTED', workflowTaskStartedEventAttributes: { scheduledEventId } },
    ENDINGS[ending]({ scheduledEventId, startedEventId: String(before + 1) }),
  ].map((event, index) => ({ ...event, eventId: String(before + index), eventTime }) as HistoryEvent);
  events.splice(before - 1, 0, ...added);
  return JSON.stringify({ events });
}

/** The number of the event that started the activity whose result is in the task before the event `before`. */
export function startOfActivityBefore(text: string, before: number): number {
  const { events } = JSON.parse(text) as History;
  return 1 + events.slice(0, before - 1).findLastIndex(({ eventType }) => eventType.endsWith('ACTIVITY_TASK_STARTED'));
}
