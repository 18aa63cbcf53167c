import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { workloadState } from '../../domain/cluster-objects/workload-state.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { requireRolled } from '../../commands/objects/drafted.ts';
import { identityOf, located } from '../../commands/objects/located.ts';
import { troubledPods } from '../../commands/objects/troubled-pods.ts';

const input = z.strictObject({
  ...objectFields,
  timeout_seconds: z
    .int()
    .min(0)
    .max(600)
    .optional()
    .describe('How long to wait for an end. Default 0: answer at once.'),
});
const output = z.strictObject({
  kind: z.string(),
  api_version: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  state: z.enum(['complete', 'progressing', 'failed']),
  message: z.string(),
  pods: z
    .array(z.strictObject({ name: z.string(), problem: z.string() }))
    .describe('Pods that are not ready, with the reason that the cluster gives.'),
});
type Output = z.output<typeof output>;

const PAUSE_MS = 1000;

export const k8sRolloutStatus: Command<typeof input, typeof output> = {
  name: 'k8s_rollout_status',
  title: 'How far a workload is rolled out',
  description:
    'Whether a Deployment, StatefulSet, DaemonSet or Rollout runs its newest template, and why its pods are not ready. It can wait for the end.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  positional: ['kind', 'name'],
  input,
  output,
  examples: [{ title: 'Is shop rolled out?', input: { kind: 'deployments', namespace: 'shop', name: 'shop' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { timeout_seconds: seconds = 0, ...asked }) {
    const at = await located(context, asked);
    requireRolled(at);
    const deadline = context.ports.now() + seconds * 1000;
    for (;;) {
      const answer = await look(context, at);
      const waits = answer.state === 'progressing' && context.ports.now() < deadline;
      if (!waits || context.signal.aborted) return answer;
      await context.progress(answer.message);
      await sleep(PAUSE_MS, undefined, { signal: context.signal }).catch(() => undefined);
    }
  },
  text: ({ state, message, pods }) =>
    [`${state}: ${message}`, ...pods.map(({ name, problem }) => `  ${name}: ${problem}`)].join('\n'),
};

async function look(context: CommandContext, at: ObjectAt): Promise<Output> {
  const object = await context.ports.clusterObjects.read(at);
  const { state, message } = workloadState(object) ?? { state: 'progressing', message: 'Its state is not known.' };
  const pods = state === 'complete' ? [] : await troubledPods(context, at, object);
  return { ...identityOf(at), state, message: maskSecrets(cleanText(message, 500)), pods };
}
