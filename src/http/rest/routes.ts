import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Command } from '../../commands/command.ts';
import { recordUnknown } from '../../commands/execute.ts';
import { SluiceError } from '../../domain/errors.ts';
import { addStepUp } from '../access/step-up.ts';
import { sendFailure } from '../answer.ts';
import { callTool, type Call } from './call.ts';
import { callerOf } from './caller.ts';
import type { RestDeps } from './deps.ts';
import { streamAnswer, wantsEvents } from './event-stream.ts';
import { disconnectSignal } from './disconnect-signal.ts';
import { openApiDocument } from './openapi.ts';
import { mountPage } from './page.ts';
import { answerReport, REPORT_ROUTES } from './report.ts';
import { describeTool, findTool, listTools, toolsetsOf } from './tools.ts';

export const REST_ROOT = '/engine/v1';

type Named = FastifyRequest<{ Params: { name: string } }>;

/** The Tools API: the list of tools, one tool, a call, the OpenAPI document, and a page to try it. */
export async function mountRest(app: FastifyInstance, deps: RestDeps): Promise<void> {
  const document = openApiDocument(deps);
  await app.register(
    async (scope) => {
      readJson(scope);
      scope.get('/tools', (request) => listTools(deps, toolsetsOf(deps, request.query), callerOf(request)));
      scope.get('/tools/:name', ({ params }: Named) => describeTool(deps, params.name));
      scope.post('/tools/:name', (request: Named, reply) => answerCall(deps, request, reply));
      for (const route of REPORT_ROUTES)
        scope.get(route.url, (request, reply) => answerReport(deps, route, request, reply));
      scope.get('/openapi.json', () => document);
      refuseOtherMethods(scope, {
        '/tools': ['GET', 'HEAD'],
        '/tools/:name': ['GET', 'HEAD', 'POST'],
        '/openapi.json': ['GET', 'HEAD'],
        ...Object.fromEntries(REPORT_ROUTES.map(({ url }) => [url, ['GET', 'HEAD']])),
      });
      await mountPage(scope, document);
    },
    { prefix: REST_ROOT },
  );
}

async function answerCall(deps: RestDeps, request: Named, reply: FastifyReply): Promise<unknown> {
  const command = await toolOf(deps, request);
  const call = {
    deps,
    command,
    raw: argumentsOf(request.body),
    caller: callerOf(request),
    signal: disconnectSignal(reply),
  };
  const willRun = deps.gate.allowWrite || command.kind === 'read';
  if (willRun && wantsEvents(request.headers.accept))
    return streamAnswer(reply, (progress) => callTool({ ...call, progress }), deps.keepAliveMs);
  const silent: Call['progress'] = () => Promise.resolve();
  const { status, body } = await callTool({ ...call, progress: silent });
  addStepUp(deps.access, reply, body);
  return reply.code(status).header('cache-control', 'no-store').send(body);
}

/** Errors: TOOL_NOT_FOUND, which is written to the audit log. */
async function toolOf(deps: RestDeps, request: Named): Promise<Command> {
  const { name } = request.params;
  try {
    return findTool(deps, name);
  } catch (error) {
    await recordUnknown(deps.audit, callerOf(request), name, request.body);
    throw error;
  }
}

/** No body means no arguments. The body `null` is a value, and it is not an object. */
function argumentsOf(body: unknown): unknown {
  if (body === null) throw new SluiceError('INVALID_INPUT', 'The body is null. It must be a JSON object, or absent.');
  return body;
}

/** Parses JSON as Fastify does, except that an absent body means no arguments. */
function readJson(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeContentTypeParser('application/json');
  scope.removeContentTypeParser('text/plain');
  scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) =>
    body.trim() === '' ? done(null, undefined) : parse(request, body, done),
  );
}

function refuseOtherMethods(scope: FastifyInstance, paths: Readonly<Record<string, readonly string[]>>): void {
  for (const [url, allowed] of Object.entries(paths)) {
    const method = scope.supportedMethods.filter((known) => !allowed.includes(known));
    const refuse = async (request: FastifyRequest, reply: FastifyReply) =>
      sendFailure(
        reply.header('allow', allowed.join(', ')),
        new SluiceError('METHOD_NOT_ALLOWED', `This path does not take ${request.method}, but ${allowed.join(', ')}.`),
      );
    // The refusal comes before the body is read, because the method is wrong for any body.
    scope.route({ method, url, onRequest: refuse, handler: refuse });
  }
}
