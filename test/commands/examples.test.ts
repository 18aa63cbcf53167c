import { expect, test } from '@jest/globals';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { prefixOf, verbOf, type Command, type CommandContext } from '../../src/commands/command.ts';
import { execute } from '../../src/commands/execute.ts';
import { RIGHTS } from '../../src/entry/rights.ts';
import { exampleWorld } from '../support/example-world.ts';
import { memoryAudit } from '../support/mcp-server.ts';
import type { Request } from '../support/recorded-requests.ts';

/**
 * These wait for what only a real Traefik shows: routers, middlewares, mirrors, its version.
 * test/tools/traefik-examples.test.ts runs them there.
 */
const REAL_ONLY = [
  'traefik_create_weighted_route',
  'traefik_delete_route',
  'traefik_add_rate_limiting',
  'traefik_add_circuit_breaker',
  'traefik_enable_traffic_mirroring',
  // test/tools/conversion.test.ts runs these.
  'convert_deployment',
  'convert_back',
];

const each = CATALOGUE.filter(({ name }) => !REAL_ONLY.includes(name)).flatMap((command) =>
  command.examples.map((example) => [command.name, example.title, command, example] as const),
);

test.each(each)(
  '%s: "%s" runs, says what its output schema says, and needs no right that the doctor does not know',
  async (name, title, command, { input }) => {
    const { context, requests, stop } = await exampleWorld(name, title);
    try {
      const output = await execute({
        command,
        raw: await withDigest(command, input, context),
        context,
        gate: { allowWrite: true, toolsets: [] },
        audit: memoryAudit(),
      });

      expect(command.output.safeParse(output).error?.issues).toBeUndefined();
      expect([command.problem?.(output), command.text(output)]).toEqual([undefined, expect.stringMatching(/\S/)]);
      expect(
        requests.filter((request) => !isKnown(name, request)).map(({ verb, resource }) => `${verb} ${resource}`),
      ).toEqual([]);
    } finally {
      stop();
    }
  },
);

/** Some write tools take the digest of a plan with the same arguments. The digest of an example stands for it. */
async function withDigest(command: Command, input: object, context: CommandContext): Promise<object> {
  const plan = planOf(command);
  if (!('digest' in input) || !plan) return input;
  const { digest: _, confirm: __, reason, ...asked } = input as Record<string, unknown>;
  const planned = 'reason' in plan.input.shape && reason !== undefined ? { ...asked, reason } : asked;
  const named = 'action' in plan.input.shape ? { action: verbOf(command), ...planned } : planned;
  const checked = plan.check(named, context.settings);
  return { ...input, digest: (await plan.run(context, checked))['digest'] };
}

/** The plan of the tool itself, or that of its toolset. */
function planOf(command: Command): Command | undefined {
  const names = command.toolset === 'release' ? [] : [`${command.name}_plan`, `${prefixOf(command)}_plan`];
  return names.flatMap((name) => CATALOGUE.find((one) => one.name === name) ?? [])[0];
}

/** `<resource>/<subresource>`, as RBAC has it. */
function isKnown(tool: string, { verb, resource, group }: Request): boolean {
  return RIGHTS.some((right) => {
    const named = right.subresource ? `${right.resource}/${right.subresource}` : right.resource;
    return (
      named === resource &&
      right.group === group &&
      right.verbs.includes(verb) &&
      right.tools.some((user) => user === tool || user === CATALOGUE.find(({ name }) => name === tool)?.toolset)
    );
  });
}
