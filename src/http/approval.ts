import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from '../domain/errors.ts';
import { releaseId, type Target } from '../domain/release/target.ts';
import { APPROVAL_POLICY, renderApproval, type Decided, type Decision } from '../report/approval-page.ts';
import type { ReleaseOutput } from '../contract/release-view.ts';
import { parseForms } from './access/forms.ts';
import type { AnswerBody } from './answer.ts';
import { callTool } from './rest/call.ts';
import { callerOf } from './rest/caller.ts';
import type { RestDeps } from './rest/deps.ts';
import { disconnectSignal } from './rest/disconnect-signal.ts';
import { findTool } from './rest/tools.ts';

export const APPROVAL_PATH = '/approve/:cluster/:namespace/:rollout';

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': APPROVAL_POLICY,
};
/** The tool of each decision, and whether it has to be confirmed. The form of the page confirms what it says. */
const DECISIONS: Readonly<Record<Decision, { readonly tool: string; readonly confirmed: boolean }>> = {
  approve: { tool: 'release_approve', confirmed: false },
  reject: { tool: 'release_reject', confirmed: false },
  'skip-analysis': { tool: 'release_skip_analysis', confirmed: true },
  'override-windows': { tool: 'window_override', confirmed: true },
};
const isDecision = (name: string): name is Decision => name in DECISIONS;

/** The page on which a person who has logged in decides about a release that waits for approval. */
export async function mountApproval(app: FastifyInstance, deps: RestDeps): Promise<void> {
  await app.register((scope, _options, done) => {
    parseForms(scope);
    scope.get(APPROVAL_PATH, (request, reply) => show(deps, request, reply));
    scope.post(APPROVAL_PATH, async (request, reply) => show(deps, request, reply, await decide(deps, request, reply)));
    done();
  });
}

async function show(
  deps: RestDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  decided?: Decided,
): Promise<FastifyReply> {
  const { status, body } = await call(deps, request, reply, 'release_get', {});
  if (!body.result) return reply.code(status).header('cache-control', 'no-store').send(body);
  const page = renderApproval(body.result as unknown as ReleaseOutput, request.url.split('?', 1)[0] ?? '', decided);
  return reply
    .code(decided && !decided.ok ? 409 : 200)
    .headers(HEADERS)
    .type('text/html; charset=utf-8')
    .send(page);
}

async function decide(deps: RestDeps, request: FastifyRequest, reply: FastifyReply): Promise<Decided> {
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
  const name = form.get('decision') ?? '';
  if (!isDecision(name))
    throw new SluiceError('INVALID_INPUT', 'The form has no decision.', { next: 'Open the page again.' });
  const { tool, confirmed } = DECISIONS[name];
  const fields = Object.keys(findTool(deps, tool).input.shape);
  const given = ['run_id', 'reason'].flatMap((field): [string, string][] => {
    const text = form.get(field);
    return fields.includes(field) && text ? [[field, text]] : [];
  });
  const step = fields.includes('step') && form.get('step') ? { step: Number(form.get('step')) } : {};
  const confirm = confirmed ? { confirm: releaseId(request.params as Target) } : {};
  const { body } = await call(deps, request, reply, tool, { ...Object.fromEntries(given), ...step, ...confirm });
  return {
    ok: body.error === undefined,
    text: body.error ? textOf(body.error) : detailOf(body),
  };
}

function detailOf({ result }: AnswerBody): string {
  const detail = result?.['detail'];
  return typeof detail === 'string' ? detail : '';
}

const textOf = ({ message, next }: NonNullable<AnswerBody['error']>): string => `${message} ${next}`;

function call(deps: RestDeps, request: FastifyRequest, reply: FastifyReply, tool: string, given: object) {
  return callTool({
    deps,
    command: findTool(deps, tool),
    raw: { release_id: releaseId(request.params as Target), ...given },
    caller: callerOf(request),
    signal: disconnectSignal(reply),
    progress: () => Promise.resolve(),
  });
}
