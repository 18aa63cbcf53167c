import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { execute } from '../../src/commands/execute.ts';
import type { Command, CommandContext } from '../../src/commands/command.ts';
import { loadSettings } from '../../src/config/load.ts';
import { callerWith, osUser, type Caller, type Identity } from '../../src/domain/access/caller.ts';
import { accountFor, type ImpersonationRule } from '../../src/domain/access/impersonation.ts';
import { actingAccount, actingAs } from '../../src/ports/acting-account.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { createFakeGateway, DEFAULTS, fakeServices } from '../support/fake-gateway.ts';
import { memoryAudit } from '../support/mcp-server.ts';

const ISSUER = 'https://login.example';
const RULES: readonly ImpersonationRule[] = [
  { issuer: ISSUER, user: 'oidc:{subject}', group: 'oidc:{group}' },
  { issuer: 'kubernetes', user: 'system:serviceaccount:{subject}', group: '{group}' },
];
const identity = (issuer: string, subject: string, kind: Identity['kind'] = 'person'): Identity => ({
  ...{ kind, issuer, subject, name: subject },
});
const http = (who: Identity, groups: readonly string[] = []): Caller =>
  callerWith({ identity: who, groups }, { id: 'http:x', kind: 'http' });
const ADA = http(identity(ISSUER, 'ada'), ['dev', 'system:masters']);

const folder = mkdtempSync(join(tmpdir(), 'sluice-impersonation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'settings.yaml');
function loaded(text: string) {
  writeFileSync(file, text);
  return loadSettings({ env: {}, file }).settings.impersonate;
}

describe('the account of a caller', () => {
  test('has the name and the groups that the rule of its issuer makes', () => {
    expect(accountFor(ADA, RULES)).toEqual({ user: 'oidc:ada', groups: ['oidc:dev', 'oidc:system:masters'] });
    expect(accountFor(ADA, [{ issuer: ISSUER, user: 'oidc:{subject}' }])).toEqual({ user: 'oidc:ada', groups: [] });
  });

  test('of an agent is that of the person for whom it acts', () => {
    const agent = callerWith({ identity: identity(ISSUER, 'ada') }, { id: 'mcp:agent', kind: 'mcp', client: 'agent' });
    expect(agent.identity?.subject).toBe('agent');
    expect(accountFor(agent, RULES)?.user).toBe('oidc:ada');
  });

  test('of a service account is its own', () => {
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:shop'];
    expect(accountFor(http(identity('kubernetes', 'shop:ci', 'machine'), groups), RULES)).toEqual({
      ...{ user: 'system:serviceaccount:shop:ci', groups },
    });
  });

  test('takes a subject as text, whatever it contains', () => {
    expect(accountFor(http(identity(ISSUER, '$& {group} {subject}')), RULES)?.user).toBe('oidc:$& {group} {subject}');
  });

  test('is that of the process without rules, and for the user of the operating system', () => {
    expect(accountFor(ADA, undefined)).toBeUndefined();
    expect(accountFor(http(osUser('ada')), RULES)).toBeUndefined();
  });

  test.each([
    ['an issuer without a rule', http(identity('https://other.example', 'ada'))],
    ['a name that a client gives itself', callerWith(undefined, { id: 'mcp:x', kind: 'mcp', client: 'x' })],
    ['nobody', { id: 'http:x', kind: 'http' } as const],
  ])('%s has none, and is refused', (_, caller) => {
    expect(() => accountFor(caller, RULES)).toThrow(expect.objectContaining({ code: 'ACCESS_DENIED' }));
  });
});

describe('the section impersonate', () => {
  test('names users and groups by issuer', () => {
    expect(
      loaded(`impersonate:
  - { issuer: "${ISSUER}", user: "oidc:{subject}", group: "oidc:{group}" }
  - { issuer: kubernetes }`),
    ).toEqual(RULES);
    expect(loaded('mcp_port: 1')).toBeUndefined();
  });

  test.each([
    ['[]', /impersonate/],
    ['[{issuer: a}]', /impersonate\.0\.user: is required, as in oidc:\{subject\}/],
    ['[{issuer: a, user: "{subject}"}]', /impersonate\.0\.user: needs text before \{subject\}/],
    ['[{issuer: a, user: "system:{subject}"}]', /impersonate\.0\.user: needs text before/],
    ['[{issuer: a, user: "x:ada"}]', /impersonate\.0\.user: needs \{subject\} once/],
    ['[{issuer: a, user: "x:{subject}", group: "{group}"}]', /impersonate\.0\.group: needs text before \{group\}/],
    ['[{issuer: os, user: "x:{subject}"}]', /impersonate\.0\.issuer: os is the user of this process/],
    ['[{issuer: kubernetes, user: "x:{subject}"}]', /impersonate\.0: service accounts keep their own/],
    ['[{issuer: a, user: "x:{subject}"}, {issuer: a, user: "y:{subject}"}]', /impersonate: each issuer once/],
    ['[{issuer: a, user: "x:{subject}", role: b}]', /impersonate\.0.*role/],
  ])('%s is refused', (section, problem) => {
    expect(() => loaded(`impersonate: ${section}`)).toThrow(problem);
  });
});

describe('a call', () => {
  const command = CATALOGUE.find(({ name }) => name === 'k8s_get') as Command;
  const seen: unknown[] = [];
  const watched: Command = {
    ...command,
    touches: async () => {
      seen.push(actingAccount()?.user);
      return [];
    },
    run: async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push(actingAccount()?.user);
      return { ran: true };
    },
  };
  const call = (caller: Caller, impersonate: readonly ImpersonationRule[] | undefined) => {
    const context: CommandContext = {
      ...fakeServices(createFakeGateway()),
      settings: { ...DEFAULTS, allowedNamespaces: [], ...(impersonate && { impersonate }) },
      ...{ caller, signal: new AbortController().signal, progress: () => Promise.resolve() },
    };
    const raw = command.examples[0]?.input ?? {};
    return execute({ command: watched, raw, context, gate: { allowWrite: true, toolsets: [] }, audit: memoryAudit() });
  };

  test('acts for its caller in each of its steps, beside calls of others', async () => {
    seen.length = 0;
    await Promise.all([call(ADA, RULES), call(http(identity(ISSUER, 'bob')), RULES), call(ADA, undefined)]);
    expect(seen.toSorted()).toEqual(['oidc:ada', 'oidc:ada', 'oidc:bob', 'oidc:bob', undefined, undefined]);
    expect(actingAccount()).toBeUndefined();
  });

  test('of a caller without an account does nothing', async () => {
    seen.length = 0;
    await expect(call(http(identity('https://other.example', 'x')), RULES)).rejects.toMatchObject({
      ...{ code: 'ACCESS_DENIED', next: expect.stringContaining('https://other.example') },
    });
    expect(seen).toEqual([]);
  });

  test('what is shared by all callers is read as the process', async () => {
    const user = await actingAs({ user: 'oidc:ada', groups: [] }, () =>
      actingAs(undefined, async () => actingAccount()?.user),
    );
    expect(user).toBeUndefined();
  });
});
