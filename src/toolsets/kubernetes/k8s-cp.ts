import { z } from 'zod';
import { invalidInput, parse } from '../../contract/parse.ts';
import { valuesOf } from '../../contract/setting.ts';
import { EFFECTIVE } from '../../domain/effect.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { plural } from '../../domain/plural.ts';
import type { Command, CommandContext, Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import type { ContainerAt } from '../../ports/pod-streams.ts';
import { containerAt, containerFields, secondsField, within } from './into-pod.ts';
import { podPath } from './pod-path.ts';
import { archived, stored } from './pod-archive.ts';
import { EXEC, settings } from './settings.ts';

const plainPath = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => cleanText(text, 2000) === text && !/[\n\t]/.test(text), 'must not contain control characters');
const MAX_BYTES = 32 * 1024 * 1024;
const BYTES = 8 * 1024 * 1024;

const input = z.strictObject({
  ...containerFields,
  direction: z.enum(['from_pod', 'to_pod']).describe('from_pod: copies into the local folder.'),
  pod_path: plainPath.describe('Absolute path of a file or folder in the container.'),
  local_path: plainPath.describe('Path in the folder of SLUICE_KUBERNETES_FILES.'),
  replace: z.boolean().optional().describe('from_pod: replace a local file that exists.'),
  max_bytes: z.int().min(1).max(MAX_BYTES).optional().describe('Refuse more than this. Default 8388608.'),
  timeout_seconds: secondsField,
  confirm: confirmField,
});
const output = z.strictObject({
  changed: z.boolean(),
  effective: z.enum(EFFECTIVE),
  reason: z.string(),
  files: z.number(),
  bytes: z.number(),
  left_out: z.array(z.string()).describe('Links and other things that are not copied.'),
});
type Asked = z.output<typeof input>;

export const k8sCp: Command<typeof input, typeof output> = {
  name: 'k8s_cp',
  title: 'Copy files out of a container or into it',
  description:
    'Copies a file or a folder by the program tar of the container. Local paths stay in one folder, links are never followed or made, and a copy appears as a whole or not at all. What was copied into a container is read back. Needs confirm.',
  kind: 'destructive',
  // A program in a container can do whatever the container can.
  needs: 'admin',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  onlyWith: EXEC,
  input,
  output,
  examples: [
    {
      title: 'Fetch a file',
      input: {
        ...{ namespace: 'shop', name: 'web-1', direction: 'from_pod', pod_path: '/tmp/heap.json' },
        ...{ local_path: 'heap.json', confirm: 'shop/web-1' },
      },
    },
  ],
  check(raw) {
    const asked = parse(input, raw ?? {});
    podPath(asked.pod_path);
    if (asked.replace && asked.direction === 'to_pod')
      throw invalidInput([{ path: 'replace', message: 'has a meaning for from_pod only' }]);
    return asked;
  },
  confirmation: async (_, asked) => confirmationOf(asked),
  async run(context, asked) {
    const at = await containerAt(context, asked);
    requireConfirmation(confirmationOf(asked), asked.confirm);
    const done = asked.direction === 'from_pod' ? await fetched(context, at, asked) : await sent(context, at, asked);
    const { value } = fitted([...done.left_out], 4000);
    return { ...done, left_out: value };
  },
  problem: ({ effective }) => (effective === 'refused' ? 'NOT_APPLICABLE' : undefined),
  text: ({ left_out: left, ...outcome }) =>
    [outcomeText(outcome), ...left.map((one) => `  left out: ${one}`)].join('\n'),
};

type Output = z.output<typeof output>;

async function fetched(context: CommandContext, at: ContainerAt, asked: Asked): Promise<Output> {
  const { localFiles } = context.ports;
  const { kubernetesFiles: folder } = valuesOf(settings, context.settings);
  const { replace = false, max_bytes: bytes = BYTES, local_path: to } = asked;
  await localFiles.requireFree(to, replace);
  const from = podPath(asked.pod_path);
  const tar = await within(context, asked.timeout_seconds, (signal) => archived(context, at, from, bytes, signal));
  const { files, leftOut, ...copied } = await localFiles.unpack(tar, from.name, to, { bytes, replace });
  const reason = `${plural(files, 'file')} of ${at.namespace}/${at.pod} ${files === 1 ? 'is' : 'are'} now at ${to} in ${folder}`;
  return { changed: true, effective: 'proved', reason, files, bytes: copied.bytes, left_out: [...leftOut] };
}

async function sent(context: CommandContext, at: ContainerAt, asked: Asked): Promise<Output> {
  const { max_bytes: bytes = BYTES } = asked;
  const to = podPath(asked.pod_path);
  const { tar, files, leftOut, ...packed } = await context.ports.localFiles.pack(asked.local_path, to.name, { bytes });
  const same = await within(context, asked.timeout_seconds, async (signal) => {
    await stored(context, at, to, tar, signal);
    return await context.ports.localFiles.isCopy(tar, await archived(context, at, to, bytes, signal));
  });
  const what = `${plural(files, 'file')} in ${asked.pod_path} of ${at.namespace}/${at.pod}`;
  return {
    changed: true,
    effective: same ? 'proved' : 'pending',
    reason: same ? `${what}, read back the same` : `${what}; what was read back is something else`,
    files,
    bytes: packed.bytes,
    left_out: [...leftOut],
  };
}

function confirmationOf({ namespace, name, direction, pod_path: there, local_path: here }: Asked): Confirmation {
  const what = direction === 'from_pod' ? `${there} to the local file ${here}` : `the local file ${here} to ${there}`;
  return { value: `${namespace}/${name}`, question: `Copy ${what}, with the pod ${namespace}/${name}?` };
}
