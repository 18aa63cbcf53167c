// A program: MCP over stdio on a fake world with one running release. The argument `write` enables write tools. With
// `changes` the Rollout and the release change repeatedly.
import { serveMcpStdio } from '../../src/mcp/stdio.ts';
import { aView, createFakeGateway } from './fake-gateway.ts';
import { worldServices } from './fake-tools.ts';
import { FakeWorld } from './fake-world.ts';
import { depsOver } from './mcp-server.ts';

const world = new FakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' } });
const gateway = createFakeGateway([aView()]);
serveMcpStdio(depsOver(worldServices(world, gateway), { allowWrite: process.argv.includes('write') }));

if (process.argv.includes('changes')) {
  let turn = 0;
  setInterval(() => {
    turn += 1;
    world.foreignImage(`shop:v${turn}`);
    gateway.views.set('release/prod/shop/web', aView({ reason: `turn ${turn}` }));
  }, 500).unref();
}
