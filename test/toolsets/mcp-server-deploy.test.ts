import { expect, test } from '@jest/globals';
import { sluice } from '../support/cli.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { createFakePackages } from '../support/fake-packages.ts';
import { createFakeServers } from '../support/fake-servers.ts';

const worldOf = () => {
  const gateway = createFakeGateway();
  const packages = createFakePackages({ '@scope/demo@^2': '2.4.1' });
  return { gateway, services: { ...fakeServices(gateway), servers: createFakeServers(), packages } };
};
const deploy = (world: ReturnType<typeof worldOf>, spec: string) =>
  sluice(world, ...'server deploy demo 2.4.1 --blue --type stdio --command npx --args -y'.split(' '), spec);

test('a range is pinned when the version is registered, and the answer says to what', async () => {
  const world = worldOf();

  const { code, out } = await deploy(world, '@scope/demo@^2');

  expect([code, out]).toEqual([0, expect.stringContaining('@scope/demo@^2 is pinned to 2.4.1')]);
  expect(await world.services.servers.read('demo')).toMatchObject({
    versions: [{ args: ['-y', '@scope/demo@2.4.1'] }],
  });
});

test('a range that cannot be resolved registers nothing', async () => {
  const world = worldOf();

  const { code, err } = await deploy(world, '@scope/demo@^3');

  expect([code, err]).toEqual([2, expect.stringContaining('@scope/demo@^3 could not be resolved')]);
  expect(await world.services.servers.read('demo')).toBeUndefined();
});

test('a command that does not exist registers nothing, unless it is said to be elsewhere', async () => {
  const world = worldOf();
  const words = 'server deploy demo 1.0.0 --type stdio --command no-such-program'.split(' ');

  const { code, err } = await sluice(world, ...words);

  expect([code, err]).toEqual([
    2,
    expect.stringMatching(
      /^SERVER_COMMAND_NOT_FOUND: There is no program no-such-program on PATH\.\nNext: .*--elsewhere/,
    ),
  ]);
  expect(await world.services.servers.read('demo')).toBeUndefined();
  expect((await sluice(world, ...words, '--elsewhere')).code).toBe(0);
});

const ab = (world: ReturnType<typeof worldOf>, ...words: string[]) =>
  sluice(world, ...'server deploy demo 3.0.0 --type stdio --command node --audience'.split(' '), ...words);

test('a version can be for callers with a header or a claim, and its share is shown as theirs', async () => {
  const world = worldOf();
  await deploy(world, '@scope/demo@^2');

  const { code, out } = await ab(world, 'header:X-Plan=beta,staff', '--traffic', '50');

  expect([code, out]).toEqual([0, expect.stringMatching(/3\.0\.0 +green +50 % of header:x-plan=beta,staff {2}node/)]);
});

test.each([
  [['plan=beta'], 'must have the form header:<name>=<value>'],
  [['header:x-plan=beta', '--blue'], 'a blue version is for all callers'],
])('an audience of %j is refused', async (words, message) => {
  const { code, err } = await ab(worldOf(), ...words);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});

test('a version says how long names of the blue version before it stay callable, at most 90 days', async () => {
  const world = worldOf();
  const grace = (time: string) =>
    sluice(world, ...'server deploy demo 4.0.0 --type stdio --command node --grace'.split(' '), time);

  const refused = await grace('91d');
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('must not be longer than 90d')]);
  expect((await grace('7d')).code).toBe(0);
  expect((await world.services.servers.read('demo'))?.versions[0]).toMatchObject({ graceMs: 7 * 86_400_000 });
});
