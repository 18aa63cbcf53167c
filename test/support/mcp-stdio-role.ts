// A program: MCP over stdio, with silent commands and one rule, which gives the permissions of the arguments to ada.
import { osUser } from '../../src/domain/access/caller.ts';
import { PERMISSIONS } from '../../src/domain/access/permission.ts';
import { serveMcpStdio } from '../../src/mcp/stdio.ts';
import { createFakeGateway, DEFAULTS, fakeServices } from './fake-gateway.ts';
import { depsOver } from './mcp-server.ts';
import { SILENT } from './silent-toolsets.ts';

const permissions = PERMISSIONS.filter((permission) => process.argv.includes(permission));
const access = [{ name: 'role', who: { issuer: 'os', subject: 'ada' }, permissions }];
const services = { ...fakeServices(createFakeGateway()), settings: { ...DEFAULTS, access } };
serveMcpStdio({ ...depsOver(services, { allowWrite: true }), toolsets: SILENT, user: osUser('ada') });
