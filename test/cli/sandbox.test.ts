import { expect, test } from '@jest/globals';
import { sluice } from '../support/cli.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';

const world = { gateway: createFakeGateway([]) };

test('a part that does not exist is refused by name, with the parts that do', async () => {
  const { code, err } = await sluice(world, 'sandbox', 'logs', 'traefik');

  expect(err).toMatch(/^SANDBOX_FAILED: The sandbox has no part "traefik"\. It has: .*traefik-1, traefik-2/);
  expect(code).toBe(1);
});

test('the status of a sandbox that never ran is one line', async () => {
  const { code, out } = await sluice(world, 'sandbox', 'status', '--name', 'never');

  expect(out).toMatch(/^sandbox never: stopped \(.*never\)$/);
  expect(code).toBe(0);
});
