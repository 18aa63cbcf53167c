import { z } from 'zod';
import { durationOrZero, toMs } from '../../contract/duration.ts';
import { parse, invalidInput, type Problem } from '../../contract/parse.ts';
import { changeFields } from '../../contract/server-input.ts';
import { register } from '../../domain/servers/actions.ts';
import { AUDIENCE, readAudience, type Audience } from '../../domain/servers/audience.ts';
import { SluiceError } from '../../domain/errors.ts';
import { rangesOf, requireExactVersion } from '../../domain/servers/exact-version.ts';
import { SCOPES, TRANSPORTS, type Upstream } from '../../domain/servers/server.ts';
import { touchesNothing, type Command, type CommandContext } from '../../commands/command.ts';
import { isKnownProgram, unknownProgram } from './known-program.ts';
import { changeOutput, changeServer, changeText, type ChangeOutput } from './answer.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const MAX_GRACE_MS = 90 * 86_400_000;
const texts = z.record(z.string().max(128), z.string().max(8_192));

const input = z.strictObject({
  ...changeFields,
  type: z.enum(TRANSPORTS).describe('Transport.'),
  command: z.string().min(1).max(1_024).optional().describe('Program to start (stdio).'),
  args: z.array(z.string().max(4_096)).max(200).optional().describe('Its arguments (stdio).'),
  env: texts.optional().describe('Its environment (stdio). Secrets as references: ${NAME}.'),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address (sse, streamable-http).'),
  headers: texts.optional().describe('Headers (sse, streamable-http). Secrets as references: ${NAME}.'),
  traffic: z.number().optional().describe('Percent of the callers at once; default 0.'),
  audience: z
    .string()
    .regex(AUDIENCE, 'must have the form header:<name>=<value>,<value> or claim:<name>=<value>')
    .optional()
    .describe(
      'A/B: only callers with this header or token claim get it, as header:x-plan=beta; traffic is a share of them.',
    ),
  grace: durationOrZero
    .refine((value) => toMs(value) <= MAX_GRACE_MS, 'must not be longer than 90d')
    .optional()
    .describe('How long names that only the former blue version has stay callable once this one is blue; default 24h.'),
  blue: z.boolean().optional().describe('Make it the stable version at once. Default: green.'),
  elsewhere: z
    .boolean()
    .optional()
    .describe('The command is a program of the machines of the gateways, so this machine is not asked for it.'),
  scope: z.enum(SCOPES).optional().describe('Configuration file of a new server; default project.'),
});
type Input = z.output<typeof input>;

export const mcpServerDeploy: Command<typeof input, typeof changeOutput> = {
  name: 'mcp_server_deploy',
  title: 'Register a version of an MCP server',
  description:
    'Registers a new version, green and without callers unless traffic or blue say otherwise. The gateway starts it when the first caller needs it. Traffic of all versions stays exactly 100.',
  kind: 'write',
  idempotent: false,
  toolset: 'mcp-server',
  positional: ['name', 'version'],
  input,
  output: changeOutput,
  examples: [
    {
      title: 'A new version without callers',
      input: { name: 'demo', version: '2.0.0', type: 'stdio', command: 'node', args: ['server.js'], traffic: 0 },
    },
  ],
  check(raw) {
    const given = parse(input, raw);
    const problems = problemsOf(given);
    if (problems.length > 0) throw invalidInput(problems);
    return given;
  },
  touches: touchesNothing,
  async run(context, given) {
    const { name, version, traffic, blue, scope, grace } = given;
    await requireCommand(context, given);
    const { args, pins } = await pinned(context, given);
    const registration = {
      version,
      upstream: upstreamOf({ ...given, args }),
      ...(traffic === undefined ? {} : { traffic }),
      ...(blue === undefined ? {} : { blue }),
      ...audienceOf(given),
      ...(grace === undefined ? {} : { graceMs: toMs(grace) }),
    };
    const answer = await changeServer(context, given, (server, by) => register(server, registration, by), scope);
    const reason = [answer.reason, ...pins].join('; ');
    return { ...answer, reason, ...(answer.before ? {} : { next: howToReach(name, answer) }) };
  },
  text: changeText,
};

/** Errors: SERVER_COMMAND_NOT_FOUND. */
async function requireCommand({ programs }: CommandContext, { command, env, elsewhere }: Input): Promise<void> {
  if (command === undefined || elsewhere === true || (await isKnownProgram(programs, command, env))) return;
  throw new SluiceError('SERVER_COMMAND_NOT_FOUND', unknownProgram(command));
}

/** The arguments with exact versions, and what was pinned. Errors: SERVER_VERSION_NOT_EXACT. */
async function pinned(
  { packages }: CommandContext,
  { command, args: given = [] }: Input,
): Promise<{ args: string[]; pins: readonly string[] }> {
  const [args, pins]: [string[], string[]] = [[...given], []];
  if (command === undefined) return { args, pins };
  for (const range of rangesOf(command, given)) {
    const version = await packages.resolve(range.manager, range.spec);
    args[range.at] = range.pinned(version);
    pins.push(`${range.spec} is pinned to ${version}`);
  }
  requireExactVersion(command, args);
  return { args, pins };
}

/** A first version gets callers when it is blue. */
function howToReach(name: string, { after }: ChangeOutput): string {
  const [first] = after?.versions ?? [];
  if (first && first.traffic === 0)
    return `No version of ${name} has traffic yet. Call mcp_server_promote with name "${name}" and version "${first.version}"; then clients reach it.`;
  const address = `/servers/${encodeURIComponent(name)}/mcp`;
  return `Clients reach it at ${address} of \`sluice gateway\`, or by \`sluice gateway --stdio ${name}\`.`;
}

function problemsOf(given: Input): readonly Problem[] {
  const stdio = given.type === 'stdio';
  const [wanted, foreign] = stdio
    ? (['command', ['url', 'headers']] as const)
    : (['url', ['command', 'args', 'env']] as const);
  const forAll =
    given.blue === true && given.audience !== undefined
      ? [{ path: 'audience', message: 'has no meaning with blue, because a blue version is for all callers' }]
      : [];
  const missing = given[wanted] === undefined ? [{ path: wanted, message: 'is missing' }] : [];
  const wrong = foreign
    .filter((field) => given[field] !== undefined)
    .map((field) => ({ path: field, message: `has no meaning for ${given.type}` }));
  return [
    ...forAll,
    ...missing,
    ...wrong,
    ...namesOf('env', given.env, NAME),
    ...namesOf('headers', given.headers, HEADER),
  ];
}

function namesOf(field: string, values: Record<string, string> | undefined, pattern: RegExp): readonly Problem[] {
  return Object.keys(values ?? {})
    .filter((name) => !pattern.test(name))
    .map((name) => ({ path: `${field}.${name}`, message: 'is not a valid name' }));
}

function audienceOf({ audience }: Input): { readonly audience?: Audience } {
  const read = audience === undefined ? undefined : readAudience(audience);
  return read ? { audience: read } : {};
}

function upstreamOf({ type, command = '', args = [], env = {}, url = '', headers = {} }: Input): Upstream {
  return type === 'stdio' ? { transport: type, command, args, env } : { transport: type, url, headers };
}
