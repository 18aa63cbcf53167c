import { z } from 'zod';
import { DEFAULT_BYTES, maxBytes } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { Command, Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { BoundedOutput } from './bounded-output.ts';
import { containerAt, containerFields, secondsField, within } from './into-pod.ts';
import { EXEC } from './settings.ts';

const word = z
  .string()
  .max(4096)
  .refine((text) => !text.includes('\u0000'), 'must not contain the character 0');
const input = z.strictObject({
  ...containerFields,
  command: z.array(word).min(1).max(64).describe('The program and its arguments. No shell reads them.'),
  timeout_seconds: secondsField,
  max_bytes: maxBytes,
  confirm: confirmField,
});
const output = z.strictObject({
  pod: z.string(),
  container: z.string(),
  exit_code: z.number(),
  stdout: z.string(),
  stderr: z.string(),
  left_out: z.array(z.string()),
});
type Asked = z.output<typeof input>;

export const k8sExec: Command<typeof input, typeof output> = {
  name: 'k8s_exec',
  title: 'Run a command in a container',
  description:
    'Runs a program in a container, without a shell and without input, and returns its exit code and the beginning of its output. Texts that look like a credential are masked. Needs confirm.',
  kind: 'destructive',
  // A program in a container can do whatever the container can.
  needs: 'admin',
  idempotent: false,
  toolset: 'kubernetes',
  prefix: 'k8s',
  onlyWith: EXEC,
  positional: ['command'],
  input,
  output,
  examples: [
    {
      title: 'The files of a folder',
      input: { namespace: 'shop', name: 'web-1', command: ['ls', '-l', '/tmp'], confirm: 'shop/web-1' },
    },
  ],
  check: (raw) => parse(input, raw ?? {}),
  confirmation: async (_, asked) => confirmationOf(asked),
  async run(context, { command, timeout_seconds: seconds, max_bytes: max = DEFAULT_BYTES, confirm, ...asked }) {
    const at = await containerAt(context, asked);
    requireConfirmation(confirmationOf({ ...asked, command }), confirm);
    const [stdout, stderr] = [new BoundedOutput(max), new BoundedOutput(Math.ceil(max / 4))];
    const streams = { stdout: (part: Uint8Array) => stdout.add(part), stderr: (part: Uint8Array) => stderr.add(part) };
    const { exitCode } = await within(context, seconds, (signal) =>
      context.ports.podStreams.exec(at, command, streams, signal),
    );
    return {
      pod: at.pod,
      container: at.container,
      exit_code: exitCode,
      stdout: stdout.text(),
      stderr: stderr.text(),
      left_out: [...leftOut('stdout', stdout), ...leftOut('stderr', stderr)],
    };
  },
  exit: ({ exit_code: code }) => code,
  text: ({ pod, container, exit_code: code, stdout, stderr, left_out: left }) =>
    [
      ...(stdout === '' ? [] : [stdout.trimEnd()]),
      ...(stderr === '' ? [] : [`stderr: ${stderr.trimEnd()}`]),
      ...left,
      `The command ended with exit code ${code} in ${pod}, container ${container}.`,
    ].join('\n'),
};

function leftOut(name: string, output: BoundedOutput): readonly string[] {
  const rest = output.total - output.bytes().length;
  return rest > 0 ? [`${name}: its last ${rest} bytes`] : [];
}

function confirmationOf({ namespace, name, container, command }: Omit<Asked, 'confirm'>): Confirmation {
  const words = maskSecrets(cleanText(JSON.stringify(command), 600));
  const where = `${namespace}/${name}${container === undefined ? '' : `, container ${container}`}`;
  return { value: `${namespace}/${name}`, question: `Run ${words} in ${where}?` };
}
