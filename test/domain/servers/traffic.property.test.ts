import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { promote, register, remove, rollback, setTraffic } from '../../../src/domain/servers/actions.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { emptyServer, type RegisteredServer } from '../../../src/domain/servers/server.ts';
import { shareOut, withTraffic } from '../../../src/domain/servers/traffic.ts';
import { serversFile } from '../../../src/contract/server-record.ts';
import { BY, UPSTREAM } from './builders.ts';

const label = fc.constantFrom('1', '2', '3', '4');
const percent = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 100 }) }, fc.constantFrom(-1, 101, 0.5));
type Act = (server: RegisteredServer) => RegisteredServer;
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(label, fc.option(percent, { nil: undefined }), fc.boolean()).map(([version, traffic, blue]): Act => {
    const given = { version, upstream: UPSTREAM, blue, ...(traffic === undefined ? {} : { traffic }) };
    return (server) => register(server, given, BY);
  }),
  fc.tuple(label, percent).map(
    ([version, share]): Act =>
      (server) =>
        setTraffic(server, version, share, BY),
  ),
  label.map(
    (version): Act =>
      (server) =>
        promote(server, version, BY),
  ),
  label.map(
    (version): Act =>
      (server) =>
        rollback(server, version, BY),
  ),
  label.map(
    (version): Act =>
      (server) =>
        remove(server, version, BY),
  ),
);

/** The server after an act; a refusal leaves it as it was. */
function after(server: RegisteredServer, next: Act): RegisteredServer {
  try {
    return next(server);
  } catch (error) {
    if (error instanceof SluiceError) return server;
    throw error;
  }
}

test('after any acts, there is one blue version and 100 %, or none and 0 %; the file can hold it', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
      const server = acts.reduce(after, emptyServer('demo', 'project'));
      const blue = server.versions.filter(({ status }) => status === 'blue').length;
      const sum = server.versions.reduce((all, { traffic }) => all + traffic, 0);
      expect(blue).toBeLessThanOrEqual(1);
      expect(sum).toBe(blue === 1 ? 100 : 0);
      for (const { status, traffic } of server.versions) {
        expect(Number.isInteger(traffic) && traffic >= 0).toBe(true);
        if (status === 'inactive') expect(traffic).toBe(0);
      }
      if (server.revision === 0) return;
      const { name: _, scope: __, ...stored } = server;
      expect(() => serversFile.parse({ schema: 1, servers: { demo: stored } })).not.toThrow();
    }),
    { numRuns: 400 },
  );
});

test('shares add up, and each is less than one percent away from its exact part', () => {
  const weights = fc
    .array(fc.nat(100), { minLength: 1, maxLength: 6 })
    .filter((all) => all.some((weight) => weight > 0));
  fc.assert(
    fc.property(fc.nat(100), weights, (total, all) => {
      const shares = shareOut(total, all);
      const sum = all.reduce((one, other) => one + other, 0);
      expect(shares.reduce((one, other) => one + other, 0)).toBe(total);
      shares.forEach((share, index) => expect(Math.abs(share - (total * (all[index] ?? 0)) / sum)).toBeLessThan(1));
    }),
  );
});

test('a version gets exactly what was asked, and of two others the greater one stays at least as great', () => {
  const active = fc.tuple(fc.integer({ min: 1, max: 98 }), fc.integer({ min: 0, max: 100 })).map(([first, asked]) => {
    const second = Math.floor((100 - first) / 3);
    const of = (version: string, status: 'blue' | 'green', traffic: number) =>
      ({ version, status, traffic, registeredAt: 0, ...UPSTREAM }) as const;
    return {
      asked,
      versions: [of('1', 'blue', first), of('2', 'green', second), of('3', 'green', 100 - first - second)],
    };
  });
  fc.assert(
    fc.property(active, ({ asked, versions }) => {
      const [one, two, three] = withTraffic(versions, '3', asked);
      expect(three?.traffic).toBe(asked);
      const [wasOne, wasTwo] = versions;
      if ((wasOne?.traffic ?? 0) >= (wasTwo?.traffic ?? 0))
        expect(one?.traffic).toBeGreaterThanOrEqual(two?.traffic ?? 0);
      else expect(two?.traffic).toBeGreaterThanOrEqual((one?.traffic ?? 0) - 1);
    }),
  );
});
