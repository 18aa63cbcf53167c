import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { INGRESS_ROUTE, MIDDLEWARE, SERVICE, TRAEFIK_SERVICE, type Kind } from '../../src/adapters/kubernetes/kinds.ts';
import { traefik } from '../../src/toolsets/traefik/index.ts';
import { CREATE, DELETE, NAMESPACE, RouteStage, type Written } from '../support/route-stage.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start, Traefik takes changes in every 2 s.
jest.setTimeout(300_000);

let stage: RouteStage;

beforeAll(async () => {
  stage = new RouteStage(await sharedSandbox());
  const app = await stage.application('pods');
  for (const service of ['api-stable', 'api-canary', 'api-staging', 'web-trial-stable', 'web-trial-canary'])
    await stage.service(service, { app });
  await stage.call(CREATE, { route_name: 'web-trial', hostname: 'web-trial.example.com', native_lb: true });
}, 900_000);

// The examples' names are not of the stage's own making.
afterAll(async () => {
  await Promise.all([INGRESS_ROUTE, TRAEFIK_SERVICE, MIDDLEWARE, SERVICE].map((kind) => removeAll(kind)));
  await stage.close();
}, 200_000);

async function removeAll(kind: Kind): Promise<void> {
  const items = (await stage.client.list(kind, NAMESPACE)) as readonly { metadata: { name: string; uid: string } }[];
  const own = items.filter(({ metadata: { name } }) => /^(api|web-trial)(-|$)/.test(name));
  await Promise.all(
    own.map(({ metadata: { name, uid } }) => stage.client.remove({ kind, namespace: NAMESPACE, name }, { uid })),
  );
}

/** The input as an agent reads it, in the namespace of these tests. */
function examplesOf(tool: string): readonly Record<string, unknown>[] {
  const { examples } = traefik.commands.find(({ name }) => name === tool) as (typeof traefik.commands)[number];
  return examples.map(
    ({ input }) => JSON.parse(JSON.stringify(input).replaceAll('"shop', `"${NAMESPACE}`)) as Record<string, unknown>,
  );
}

// In this order: what the first makes, the others change.
const WRITERS = [
  CREATE,
  'traefik_add_rate_limiting',
  'traefik_add_circuit_breaker',
  'traefik_enable_traffic_mirroring',
  DELETE,
] as const;

test.each(WRITERS)('the examples of %s do on a real Traefik what they say', async (tool) => {
  // The route never had a request, so no counter can show that it is idle.
  const known = tool === DELETE ? { used_elsewhere: true } : {};
  for (const input of examplesOf(tool))
    expect(await stage.call<Written>(tool, { ...input, ...known })).toMatchObject({
      changed: true,
      effective: 'proved',
    });
});
