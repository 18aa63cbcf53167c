import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callerWith, osUser, type Caller, type Principal } from '../../src/domain/access/caller.ts';
import { decide, mayUse, type Need } from '../../src/domain/access/decide.ts';
import { PERMISSIONS, permits } from '../../src/domain/access/permission.ts';
import type { AccessRule } from '../../src/domain/access/rules.ts';

const name = fc.constantFrom('a', 'b', 'c');
const list = fc.option(fc.uniqueArray(name, { minLength: 1 }), { nil: undefined });
const permissions = fc.uniqueArray(fc.constantFrom(...PERMISSIONS), { minLength: 1 });
const rule: fc.Arbitrary<AccessRule> = fc.record({
  name: fc.constantFrom('one', 'two'),
  who: fc.constantFrom(
    {},
    { issuer: 'os', subject: 'ada' },
    { issuer: 'os', subject: 'bob' },
    { kind: 'person' as const },
  ),
  permissions,
  clusters: list,
  namespaces: list,
  targets: fc.option(fc.uniqueArray(fc.constantFrom('a/a', 'a/b', 'b/a'), { minLength: 1 }), { nil: undefined }),
  tools: fc.option(fc.uniqueArray(fc.constantFrom('tool', 'set', 'other'), { minLength: 1 }), { nil: undefined }),
});
const rules = fc.array(rule, { maxLength: 4 });
const maybe = fc.option(name, { nil: undefined });
const need: fc.Arbitrary<Need> = fc.record({
  tool: fc.constant('tool'),
  toolset: fc.constant('set'),
  permission: fc.constantFrom(...PERMISSIONS),
  touched: fc.array(fc.record({ cluster: maybe, namespace: maybe, name: maybe }), { maxLength: 3 }),
});
const limits = fc.option(
  fc.record({ permissions }).chain((one) =>
    fc.oneof(
      fc.constant(one),
      fc.uniqueArray(name, { minLength: 1 }).map((namespaces) => ({ ...one, namespaces })),
    ),
  ),
  { nil: undefined },
);
const caller: fc.Arbitrary<Caller> = fc.record({ limits, agent: fc.boolean() }).map(({ limits: own, agent }) => {
  const principal: Principal = { identity: osUser('ada'), ...(own && { limits: own }) };
  return callerWith(principal, { id: 'mcp:x', kind: 'mcp', ...(agent && { client: 'x' }) });
});

const check = (property: fc.IProperty<never> | fc.IProperty<unknown>) =>
  fc.assert(property as fc.IProperty<unknown>, { numRuns: 2000 });

describe('what always holds', () => {
  test('a further rule never takes anything away, and a credential never adds anything', () => {
    check(
      fc.property(caller, need, rules, rule, (who, what, some, more) => {
        const before = decide(who, what, some);
        if (!before.allowed) return;
        const after = decide(who, what, [...some, more]);
        expect(after.allowed).toBe(true);
        const sees = after.allowed ? after.namespaces : [];
        if (before.namespaces && sees) expect(sees).toEqual(expect.arrayContaining([...before.namespaces]));
        const { limits: _, ...free } = who;
        expect(decide(free, what, some).allowed).toBe(true);
      }),
    );
  });

  test('what is allowed is allowed by a rule that fits the caller, the permission and every place', () => {
    check(
      fc.property(caller, need, rules, (who, what, some) => {
        const decision = decide(who, what, some);
        if (!decision.allowed) return;
        for (const { namespace, cluster } of what.touched.length > 0
          ? what.touched
          : [{ namespace: undefined, cluster: undefined }])
          expect(
            some.some(
              (one) =>
                permits(one.permissions, what.permission) &&
                (one.who.subject ?? 'ada') === 'ada' &&
                (what.touched.length === 0 || one.clusters === undefined || one.clusters.includes(cluster ?? '')) &&
                (namespace === undefined || one.namespaces === undefined || one.namespaces.includes(namespace)),
            ),
          ).toBe(true);
      }),
    );
  });

  test('an answer shows no namespace that the credential or every rule leaves out', () => {
    check(
      fc.property(caller, need, rules, (who, what, some) => {
        const decision = decide(who, what, some);
        if (!decision.allowed) return;
        const { namespaces } = decision;
        if (who.limits?.namespaces)
          expect(who.limits.namespaces).toEqual(expect.arrayContaining([...(namespaces ?? ['none'])]));
        if (some.every((one) => one.namespaces)) expect(namespaces?.length).toBeGreaterThan(0);
      }),
    );
  });

  test('what a list leaves out is refused', () => {
    check(
      fc.property(caller, need, rules, (who, what, some) => {
        if (!mayUse(who, what, some)) expect(decide(who, what, some).allowed).toBe(false);
      }),
    );
  });

  test('every refusal has a reason', () => {
    check(fc.property(caller, need, rules, (who, what, some) => expect(decide(who, what, some).why).not.toBe('')));
  });
});

describe('cases', () => {
  const ada = callerWith({ identity: osUser('ada') }, { id: 'cli:ada', kind: 'cli' });
  const agent = callerWith({ identity: osUser('ada') }, { id: 'mcp:claude', kind: 'mcp', client: 'claude' });
  const abort: Need = {
    tool: 'release_abort',
    toolset: 'release',
    permission: 'operate',
    touched: [{ cluster: 'prod', namespace: 'shop', name: 'web' }],
  };
  const team: AccessRule = { name: 'team', who: { issuer: 'os', subject: 'ada' }, permissions: ['operate'] };

  test('without rules and limits everything is allowed', () => {
    expect(decide(ada, abort, undefined)).toMatchObject({ allowed: true });
  });

  test('with rules, who fits none gets nothing', () => {
    const bob = callerWith({ identity: osUser('bob') }, { id: 'cli:bob', kind: 'cli' });
    expect(decide(bob, abort, [team])).toEqual({ allowed: false, why: 'no rule of the section access fits os#bob' });
    expect(decide({ id: 'x', kind: 'http' }, abort, [team]).allowed).toBe(false);
  });

  test('a name that a client gives itself fits no rule about a subject', () => {
    const liar = callerWith(undefined, { id: 'mcp:ada', kind: 'mcp', client: 'ada' });
    expect(decide(liar, abort, [team]).allowed).toBe(false);
  });

  test('an agent has the rights of the person for whom it acts, but not what is for persons only', () => {
    expect(decide(agent, abort, [team]).allowed).toBe(true);
    const persons = [{ ...team, who: { ...team.who, kind: 'person' as const } }];
    expect(decide(agent, abort, persons).allowed).toBe(false);
    expect(decide(ada, abort, persons).allowed).toBe(true);
  });

  test('admin does not contain approve, and approve contains nothing', () => {
    const approve: Need = { ...abort, tool: 'release_approve', permission: 'approve' };
    expect(decide(ada, approve, [{ ...team, permissions: ['admin'] }])).toMatchObject({
      allowed: false,
      why: 'team: it permits admin, and release_approve needs approve',
    });
    expect(decide(ada, { ...abort, permission: 'read' }, [{ ...team, permissions: ['approve'] }]).allowed).toBe(false);
  });

  test('a write outside of every namespace needs admin', () => {
    const wide: Need = { ...abort, touched: [{ cluster: 'prod' }] };
    expect(decide(ada, wide, [team])).toMatchObject({ allowed: false, why: expect.stringContaining('needs admin') });
    expect(decide(ada, wide, [{ ...team, permissions: ['admin'] }]).allowed).toBe(true);
  });

  test('a read of every namespace is narrowed to those of its rules', () => {
    const list: Need = { ...abort, permission: 'read', touched: [{}] };
    const two = [
      { ...team, namespaces: ['shop'] },
      { ...team, name: 'other', namespaces: ['blog'] },
    ];
    expect(decide(ada, list, two)).toMatchObject({ allowed: true, namespaces: ['shop', 'blog'] });
    expect(decide({ ...ada, limits: { permissions: ['read'], namespaces: ['else'] } }, list, two)).toMatchObject({
      allowed: false,
      why: 'the credential and the rules have no namespace in common',
    });
  });

  test('each of several objects needs a rule', () => {
    const touched = [...abort.touched, { cluster: 'prod', namespace: 'blog', name: 'web' }];
    expect(decide(ada, { ...abort, touched }, [{ ...team, namespaces: ['shop'] }])).toMatchObject({
      allowed: false,
      why: 'team: it is for namespace shop only',
    });
  });

  test('a cluster that is not named may be any, so a rule for a cluster does not allow it', () => {
    const unnamed = { ...abort, touched: [{ namespace: 'shop', name: 'web' }] };
    expect(decide(ada, unnamed, [{ ...team, clusters: ['prod'] }])).toMatchObject({
      allowed: false,
      why: 'team: the call names no cluster, and it is for cluster prod only',
    });
  });

  test('the credential that lacks a permission is told apart from a rule that does', () => {
    expect(decide({ ...ada, limits: { permissions: ['read'] } }, abort, undefined)).toEqual({
      allowed: false,
      lacks: 'operate',
      why: 'the credential of os#ada permits read, and release_abort needs operate',
    });
  });
});
