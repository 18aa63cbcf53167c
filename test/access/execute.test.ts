import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { permissionOf } from '../../src/commands/access.ts';
import { touchesNothing, type Command, type CommandContext } from '../../src/commands/command.ts';
import { execute } from '../../src/commands/execute.ts';
import { isSwitchedOn } from '../../src/commands/switched.ts';
import { callerWith, osUser } from '../../src/domain/access/caller.ts';
import { PERMISSIONS, permits, type Permission } from '../../src/domain/access/permission.ts';
import type { AccessRules } from '../../src/domain/access/rules.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { createFakeGateway, DEFAULTS, fakeServices } from '../support/fake-gateway.ts';
import { memoryAudit } from '../support/mcp-server.ts';

const ADA = callerWith({ identity: osUser('ada') }, { id: 'cli:ada', kind: 'cli' });
const rule = (permissions: readonly Permission[], more: object = {}): AccessRules => [
  { name: 'rule', who: { issuer: 'os', subject: 'ada' }, permissions, ...more },
];

function contextWith(access: AccessRules, allowedNamespaces: readonly string[] = []): CommandContext {
  return {
    ...fakeServices(createFakeGateway()),
    settings: { ...DEFAULTS, allowedNamespaces, access },
    caller: ADA,
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
}

/** The command with another effect: it says that it has run. */
function silent(command: Command): Command {
  const { confirmation: _, ...rest } = command;
  return { ...rest, run: (context) => Promise.resolve({ ran: true, sees: context.settings.allowedNamespaces }) };
}

async function outcome(command: Command, access: AccessRules): Promise<string> {
  const raw = command.examples[0]?.input ?? {};
  const audit = memoryAudit();
  const gate = { allowWrite: true, toolsets: [] };
  try {
    await execute({ command: silent(command), raw, context: contextWith(access), gate, audit });
    return 'ran';
  } catch (error) {
    expect(audit.begun).toEqual([]);
    return (error as { code: string }).code;
  }
}

/** Inputs that name a plan, which only a real server keeps. */
const BY_PLAN = ['ran', 'PLAN_UNKNOWN', 'CLUSTER_UNREACHABLE'];

/** A tool that its setting has switched off does not exist for anybody. */
const SWITCHED_ON = CATALOGUE.filter((command) => isSwitchedOn(command, DEFAULTS));

describe.each(SWITCHED_ON.map((command) => [command.name, command] as const))('%s', (_, command) => {
  test('runs for the permissions that contain its own, and for no other', async () => {
    for (const permission of PERMISSIONS) {
      const got = await outcome(command, rule([permission]));
      const may = permits([permission], permissionOf(command));
      if (may) expect([permission, got]).toEqual([permission, expect.stringMatching(new RegExp(BY_PLAN.join('|')))]);
      else expect([permission, got]).toEqual([permission, 'ACCESS_DENIED']);
    }
  });

  test('is refused to a rule for another tool, and without a rule', async () => {
    expect(await outcome(command, rule(['admin', 'approve'], { tools: ['none'] }))).not.toBe('ran');
    expect(await outcome(command, [])).not.toBe('ran');
  });

  test('is refused outside of the namespaces and of the cluster of the rule, before it does anything', async () => {
    if (command.touches === touchesNothing) return;
    const elsewhere = await outcome(
      command,
      rule(['admin', 'approve'], { namespaces: ['elsewhere'], clusters: ['x'] }),
    );
    expect(elsewhere).not.toBe('ran');
  });
});

const listing: Command = {
  name: 'release_list',
  title: 'List',
  description: 'Lists.',
  kind: 'read',
  idempotent: true,
  toolset: 'release',
  input: z.strictObject({}),
  output: z.strictObject({ sees: z.array(z.string()) }),
  examples: [],
  check: () => ({}),
  run: (context) => Promise.resolve({ sees: context.settings.allowedNamespaces }),
  text: () => '',
};
const list = (context: CommandContext, audit = memoryAudit()) =>
  execute({ command: listing, raw: {}, context, gate: { allowWrite: false, toolsets: [] }, audit });

test('a call of every namespace sees those that both the server and the rules allow', async () => {
  const shopAndBlog = rule(['read'], { namespaces: ['shop', 'blog'] });
  expect(await list(contextWith(shopAndBlog))).toEqual({ sees: ['shop', 'blog'] });
  expect(await list(contextWith(shopAndBlog, ['blog', 'else']))).toEqual({ sees: ['blog'] });
  await expect(list(contextWith(shopAndBlog, ['else']))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

test('the audit log has the agent, and the person for whom it acts', async () => {
  const audit = memoryAudit();
  const caller = callerWith({ identity: osUser('ada') }, { id: 'mcp:claude-code', kind: 'mcp', client: 'claude-code' });

  await list({ ...contextWith(rule(['read'])), caller }, audit);

  expect(audit.entries[0]).toMatchObject({
    who: 'mcp:claude-code',
    caller: {
      kind: 'agent',
      issuer: 'client',
      subject: 'claude-code',
      via: 'mcp',
      on_behalf_of: { kind: 'person', issuer: 'os', subject: 'ada', name: 'ada' },
    },
  });
});
