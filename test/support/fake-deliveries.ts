import type { DeliveryInput, DeliveryView } from '../../src/domain/delivery/delivery.ts';
import { DELIVERY_STEPS, deliveryId } from '../../src/domain/delivery/delivery.ts';
import { osUser } from '../../src/domain/access/caller.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { Deliveries } from '../../src/temporal/deliveries.ts';

const AT = Date.parse('2026-11-01T10:00:00Z');

export const DELIVERY_INPUT: DeliveryInput = {
  name: 'web',
  version: 'v1.0.0',
  asked: { git_url: 'https://git.example.com/team/web.git', name: 'web', version: 'v1.0.0' },
  gitUrl: 'https://git.example.com/team/web.git',
  sourceCommit: 'c'.repeat(40),
  branch: 'web-v1.0.0',
  base: 'a'.repeat(40),
  cluster: 'prod',
  namespace: 'shop',
  startedBy: 'cli:ada',
  requestId: 'request-1',
  digest: '0123456789abcdef',
  proposer: { identity: osUser('ada'), via: 'cli' },
};

/** A delivery whose build has failed. */
export function aDelivery(changes: Partial<DeliveryView> = {}): DeliveryView {
  const waiting = { state: 'waiting', attempts: 0, figures: {}, findings: [] } as const;
  const failure = { code: 'BUILD_FAILED', reason: 'exit code 3', next: 'Read the log.' };
  return {
    id: deliveryId('web'),
    runId: 'run-1',
    input: DELIVERY_INPUT,
    state: 'waiting-for-retry',
    reason: 'build has failed: BUILD_FAILED: exit code 3',
    startedAt: AT,
    steps: DELIVERY_STEPS.map((step) => {
      const times = { startedAt: AT, endedAt: AT + 1_500, attempts: 1 };
      if (step === 'onboard') return { ...waiting, ...times, step, state: 'done', reason: 'written' };
      return step === 'build' ? { ...waiting, ...times, step, state: 'failed', failure } : { ...waiting, step };
    }),
    facts: {},
    events: [],
    ...changes,
  };
}

export interface FakeDeliveries extends Deliveries {
  readonly started: DeliveryInput[];
  readonly sent: { readonly name: string; readonly command: string; readonly who: string }[];
  readonly views: Map<string, DeliveryView>;
}

/** Deliveries without Temporal. Those that are known are in `views`, by the name of the deployment. */
export function createFakeDeliveries(...views: readonly DeliveryView[]): FakeDeliveries {
  const fake: FakeDeliveries = {
    started: [],
    sent: [],
    views: new Map(views.map((view) => [view.input.name, view])),
    async start(input) {
      fake.started.push(input);
      return { id: deliveryId(input.name), runId: 'run-1', started: true };
    },
    get: async (name) => fake.views.get(name),
    list: async () =>
      [...fake.views.values()].map(
        ({ id, runId, state, startedAt, input: { name, version, namespace, startedBy } }) => ({
          ...{ id, runId, name, version, state, namespace, startedBy, startedAt },
        }),
      ),
    async command(name, command, { who }) {
      fake.sent.push({ name, command, who });
      const view = fake.views.get(name);
      if (!view) throw new SluiceError('DELIVERY_NOT_FOUND', `There is no delivery of ${name}.`);
      return view;
    },
  };
  return fake;
}
