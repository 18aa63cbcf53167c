import type { FastifyReply, FastifyRequest } from 'fastify';
import { permissionOf } from '../../commands/access.ts';
import type { Command } from '../../commands/command.ts';
import { recordRefused } from '../../commands/execute.ts';
import { commandsOf } from '../../commands/toolset.ts';
import { callerWith } from '../../domain/access/caller.ts';
import { PERMISSIONS, permits, type Permission } from '../../domain/access/permission.ts';
import { SluiceError } from '../../domain/errors.ts';
import { sendFailure, type AnswerBody } from '../answer.ts';
import type { RestDeps } from '../rest/deps.ts';
import { principalOf, stepUp, type HttpAccess } from './gate.ts';

/** Adds the scope that a refused call needs to its answer, so that a client can ask for a token with it. */
export function addStepUp(access: HttpAccess | undefined, reply: FastifyReply, { error }: AnswerBody): void {
  const lacks = error?.code === 'PERMISSION_MISSING' ? error.details?.['permission'] : undefined;
  const permission = PERMISSIONS.find((known) => known === lacks);
  if (access?.issuers && permission)
    reply.header('www-authenticate', stepUp(access, reply.request.url.split('?', 1)[0] ?? '', permission));
}

/**
 * Refuses a call over MCP whose access token lacks the scope of the tool, with a status and a header that start a new
 * login of the client. An answer of the tool could not do that. `execute` would refuse the call for the same reason.
 * Returns whether it was refused.
 */
export async function lacksScope(deps: RestDeps, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  const { access, audit } = deps;
  const principal = principalOf(request);
  const call = calledIn(request.body, deps);
  if (!access?.issuers?.includes(principal?.identity.issuer ?? '') || !principal?.limits || !call) return false;
  const permission = permissionOf(call.command);
  if (permits(principal.limits.permissions, permission)) return false;
  const error = new SluiceError(
    'PERMISSION_MISSING',
    sentence(principal.limits.permissions, permission, call.command),
    {
      details: { permission },
    },
  );
  const caller = callerWith(principal, { id: 'mcp:client', kind: 'mcp', client: 'client' });
  await recordRefused(audit, caller, call.command, call.raw, error);
  await sendFailure(reply.header('www-authenticate', stepUp(access, '/mcp', permission)), error);
  return true;
}

const sentence = (given: readonly Permission[], needed: Permission, { name }: Command): string =>
  `The credential permits ${given.join(', ') || 'nothing'}, and ${name} needs ${needed}.`;

/** The tool that a JSON-RPC request calls. */
function calledIn(body: unknown, { toolsets }: RestDeps): { command: Command; raw: unknown } | undefined {
  const { method, params } = (body ?? {}) as { method?: unknown; params?: { name?: unknown; arguments?: unknown } };
  if (method !== 'tools/call') return undefined;
  const command = commandsOf(toolsets).find(({ name }) => name === params?.name);
  return command && { command, raw: params?.arguments };
}
