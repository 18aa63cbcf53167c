import { z } from 'zod';
import { invalidInput } from '../../contract/parse.ts';
import { defaultSteps, steps } from '../../contract/chosen-steps.ts';
import { SCENARIOS } from '../../domain/servers/conformance.ts';
import type { MirrorPlan } from '../../domain/release/plan.ts';
import { duration, toMs } from '../../contract/duration.ts';
import type { StrategyFile } from '../strategy.ts';

/** Where a target without a cluster stands in ids and answers: `release/mcp/servers/<name>`. */
const PLACE = { cluster: 'mcp', namespace: 'servers' } as const;

const changing = z
  .array(z.string().trim().min(1).max(200))
  .max(50)
  .optional()
  .describe('Paths in a result whose values may differ, as structuredContent.time or content[].text.');

const fields = {
  server: z
    .string()
    .regex(
      /^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$/,
      'must be the name of an MCP server: lower-case letters, digits, "-", "."',
    )
    .optional()
    .describe('MCP servers only: its name.'),
  version: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must be a registered version: letters, digits, ".", "_" and "-"')
    .optional()
    .describe('MCP servers only: the registered version to release.'),
  steps,
  contract_reason: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .optional()
    .describe('MCP servers only: why breaking or security changes of the contract are wanted.'),
  conformance: z
    .strictObject({
      expected_failures: z
        .array(z.enum(SCENARIOS))
        .max(SCENARIOS.length)
        .optional()
        .describe('Scenarios that fail today. Each must fail still.'),
    })
    .optional()
    .describe('MCP servers only: runs the public conformance suite against the version before its start.'),
  mirror: z
    .strictObject({
      calls: z.int().min(1).max(10_000).optional().describe('Calls to compare; default 20.'),
      within: duration.optional().describe('Time for them; default 5m.'),
      changing,
    })
    .optional()
    .describe(
      'MCP servers only: sends reading calls of users to the version too, and compares, before its first step.',
    ),
  replay: z
    .strictObject({ changing })
    .optional()
    .describe('MCP servers only: asks the version before its start what users have asked blue, reading tools only.'),
};
type Mirror = NonNullable<z.output<typeof fields.mirror>>;
const own = z.object({ ...fields, target: z.object({ rollout: z.string() }), image: z.string() });

/** The server and its version stand for target and image. A file in full has target and image instead. */
export const file: StrategyFile = {
  fields,
  short: ['strategy', 'server', 'version'],
  inFull({ server, version, ...rest }) {
    const names = rest['target'] === undefined && fields.server.safeParse(server).success && server !== undefined;
    const chooses = rest['image'] === undefined && fields.version.safeParse(version).success && version !== undefined;
    return {
      ...rest,
      ...(names ? { target: { ...PLACE, rollout: server } } : server === undefined ? {} : { server }),
      ...(chooses ? { image: version } : version === undefined ? {} : { version }),
    };
  },
  toSpec(given, { weightStep }) {
    const {
      steps: chosen,
      contract_reason: reason,
      replay,
      mirror,
      conformance,
      server,
      version,
      target,
      image,
    } = own.parse(given);
    requireSame('server', server, target.rollout);
    requireSame('version', version, image);
    return {
      steps: chosen ?? defaultSteps(weightStep),
      targetKind: 'mcp-server',
      split: 'mcp-gateway',
      ...(reason === undefined ? {} : { contractReason: reason }),
      ...(conformance === undefined ? {} : { conformance: { expected: conformance.expected_failures ?? [] } }),
      ...(mirror === undefined ? {} : { mirror: mirrorOf(mirror) }),
      ...(replay === undefined ? {} : { replay: { changing: replay.changing ?? [] } }),
    };
  },
};

function mirrorOf({ calls = 20, within = '5m', changing: paths = [] }: Mirror): MirrorPlan {
  return { calls, withinMs: toMs(within), changing: paths };
}

/** Errors: INVALID_INPUT. */
function requireSame(path: string, short: string | undefined, full: string): void {
  if (short === undefined || short === full) return;
  throw invalidInput([{ path, message: `is ${short}, and the file also names ${full}; give one of them` }]);
}
