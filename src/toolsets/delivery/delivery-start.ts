import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { placeFields } from '../../contract/place.ts';
import { valuesOf } from '../../contract/setting.ts';
import { requestId } from '../../contract/target.ts';
import { requireNamespace } from '../../commands/access.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import type { Touched } from '../../domain/access/decide.ts';
import { digestField, requirePlanned } from '../../commands/objects/carried-plan.ts';
import { clusterOf } from '../../commands/objects/located.ts';
import { deliveryId, type DeliveryInput } from '../../domain/delivery/delivery.ts';
import { proposedBy } from '../../domain/release/approval.ts';
import { SluiceError } from '../../domain/errors.ts';
import { readDeployment } from '../../onboarding/deployment-text.ts';
import { askedFields } from './asked.ts';
import { blocker } from './blocker.ts';
import { branchOf, onboarding, presentState, type Onboarding } from './onboarding.ts';
import { settings } from './settings.ts';

const input = z.strictObject({
  ...askedFields,
  cluster: placeFields.cluster,
  digest: digestField('delivery_plan'),
  request_id: requestId.optional(),
});
const output = z.strictObject({
  id: z.string(),
  run_id: z.string(),
  started: z.boolean().describe('False: the same request id had started this delivery before.'),
  name: z.string(),
  version: z.string(),
  branch: z.string(),
  image: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  next: z.string(),
});
type Input = z.output<typeof input>;

export const deliveryStart: Command<typeof input, typeof output> = {
  name: 'delivery_start',
  title: 'Start a delivery',
  description:
    'Starts a durable delivery of a planned repository and returns at once: it writes the deployment as a commit on a branch, builds the image, checks it, pushes it by digest, deploys a first version or starts the release of a later one, and waits for its end. A step that fails waits for delivery_retry, which goes on there. The worker builds, so SLUICE_BUILDER has to be set there.',
  kind: 'write',
  idempotent: false,
  toolset: 'delivery',
  positional: ['git_url', 'name', 'version'],
  input,
  output,
  listed: { output: ['id', 'run_id', 'started', 'next'] },
  examples: [
    {
      title: 'The planned service',
      input: {
        git_url: 'https://git.example.com/team/web.git',
        name: 'web',
        version: 'v1.0.0',
        digest: '0123456789abcdef',
      },
    },
  ],
  check: (raw) => parse(input, raw ?? {}),
  touches: deliversTo,
  run: (context, { digest, cluster, request_id: request = randomUUID(), ...asked }) =>
    onboarding(context, asked, async (found) => {
      const blocked = blocker(found);
      if (blocked) throw blocked;
      requirePlanned('delivery_plan', `this plan of ${asked.git_url}`, found.digest, digest);
      requireNamespace(found.plan.deployment.namespace, context.settings);
      return started(context, found, { asked, digest, cluster: await clusterOf(context, cluster), request });
    }),
  text: ({ id, started: isNew, image, namespace, cluster, next }) =>
    [
      `${isNew ? 'Started' : 'Already started by the same request'}: ${id}`,
      `${image} to ${namespace} on ${cluster}`,
      ...(next === '' ? [] : [next]),
    ].join('\n'),
};

/** The namespace is that of deployment.yaml, if the branch has one already. The run tests what its plan says. */
async function deliversTo(context: CommandContext, asked: Input): Promise<readonly Touched[]> {
  const { deploymentRegistry } = valuesOf(settings, context.settings);
  const { state } = await presentState(context, asked.name, branchOf(asked));
  const text = state?.files['deployment.yaml'];
  const known = text === undefined ? undefined : readDeployment(text, deploymentRegistry);
  return [{ cluster: asked.cluster, namespace: known?.namespace ?? asked.namespace ?? asked.name, name: asked.name }];
}

interface Starting {
  readonly asked: Omit<Input, 'digest' | 'cluster' | 'request_id'>;
  readonly digest: string;
  readonly cluster: string;
  readonly request: string;
}

async function started(
  context: CommandContext,
  { open, plan, branch, state }: Onboarding,
  { asked, digest, cluster, request }: Starting,
): Promise<z.output<typeof output>> {
  if (!state) throw new SluiceError('REPOSITORY_NOT_FOUND', 'There is no repository to write the deployment to.');
  const { name, version, image, namespace } = plan.deployment;
  const delivery: DeliveryInput = {
    ...{ name, version, asked, branch, cluster, namespace },
    ...{ gitUrl: open.source.url, sourceCommit: open.source.commit, base: state.base },
    ...{ startedBy: context.caller.id, requestId: request, digest },
    ...proposedBy(context.caller),
  };
  const { gateway } = context;
  const [{ runId, started: isNew }, { pollers }] = await Promise.all([
    gateway.deliveries.start(delivery),
    gateway.probe(),
  ]);
  const waiting =
    pollers > 0 ? '' : 'No worker polled the task queue lately: it begins when one runs (sluice worker). ';
  return {
    ...{ id: deliveryId(name), run_id: runId, started: isNew, name, version, branch, image, cluster, namespace },
    next: `${waiting}Call delivery_get with name "${name}" to follow it.`,
  };
}
