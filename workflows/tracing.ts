import type { Headers, Payload } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';
import {
  BEGUN_HEADER as BEGUN,
  CAUSE_HEADER as CAUSE,
  WAITING_HEADER as WAITING,
} from '../src/domain/trace-headers.ts';

/** More requests than this never wait. */
const MAX_WAITING = 40;

// Temporal loads the modules of a workflow anew for each run, so these are the variables of one run. A trace is passed
// on unread.
let begun: Payload | undefined;
let command: Payload | undefined;
let arriving: Payload | undefined;
let acting: { readonly trace: Payload | undefined } | undefined;
const waiting = new Map<string, Payload>();

/** The present signal or update is carried out: it is the cause of all that the run does from now on. */
export function takeTrace(): void {
  command = arriving ?? command;
}

/** The present signal or update asks for something that is done later, with `onBehalfOf`. */
export function keepTrace(requestId: string): void {
  if (!arriving) return;
  waiting.set(requestId, arriving);
  for (const oldest of [...waiting.keys()].slice(0, -MAX_WAITING)) waiting.delete(oldest);
}

/** What `begin` begins at once was caused by the call that had the request id, and by no other one. */
export function onBehalfOf<T>(requestId: string, begin: () => Promise<T>): Promise<T> {
  acting = { trace: waiting.get(requestId) };
  try {
    return begin();
  } finally {
    acting = undefined;
  }
}

const cause = (): Payload | undefined => (acting ? acting.trace : (command ?? begun));

/** The headers of what the run begins now. */
function caused(headers: Headers): Headers {
  const by = cause();
  if (!by) return headers;
  return { ...headers, [CAUSE]: by, ...(begun && by !== begun && !acting && { [BEGUN]: begun }) };
}

/** The headers from which the next run knows what this one knows. */
function carried(headers: Headers): Headers {
  const by = command ?? begun;
  return {
    ...headers,
    ...(by && { [CAUSE]: by }),
    ...(begun && by !== begun && { [BEGUN]: begun }),
    ...Object.fromEntries([...waiting].map(([requestId, trace]) => [`${WAITING}${requestId}`, trace])),
  };
}

function take(headers: Headers): void {
  begun = headers[BEGUN] ?? headers[CAUSE];
  command = headers[BEGUN] && headers[CAUSE];
  for (const [name, trace] of Object.entries(headers))
    if (name.startsWith(WAITING)) waiting.set(name.slice(WAITING.length), trace);
}

/** `work` begins to handle a message. */
function handling<T>(headers: Headers, work: () => T): T {
  arriving = headers[CAUSE];
  try {
    return work();
  } finally {
    arriving = undefined;
  }
}

/**
 * Passes traces on from the calls that reach a run to what the run begins. No function here is async: another await
 * would change the order of commands, and recorded runs could not be replayed (docs/adr/0060).
 */
export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      execute: (input, next) => {
        take(input.headers);
        return next(input);
      },
      handleSignal: (input, next) => handling(input.headers, () => next(input)),
      handleUpdate: (input, next) => handling(input.headers, () => next(input)),
    },
  ],
  outbound: [
    {
      scheduleActivity: (input, next) => next({ ...input, headers: caused(input.headers) }),
      startChildWorkflowExecution: (input, next) => next({ ...input, headers: caused(input.headers) }),
      continueAsNew: (input, next) => next({ ...input, headers: carried(input.headers) }),
    },
  ],
});
