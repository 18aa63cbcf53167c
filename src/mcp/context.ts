import type { ServerContext } from '@modelcontextprotocol/server';
import type { CommandContext, CommandServices } from '../commands/command.ts';
import { callerOf, type Session } from './caller.ts';

/** The services of commands for one request. */
export function contextOf(services: CommandServices, request: ServerContext, session: Session): CommandContext {
  const progressToken = request.mcpReq._meta?.progressToken;
  return {
    ...services,
    caller: callerOf(request, session),
    signal: request.mcpReq.signal,
    async progress(message, fraction = 0) {
      if (progressToken === undefined) return;
      await request.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress: fraction, total: 1, message },
      });
    },
  };
}
