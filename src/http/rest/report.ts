import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { releaseReport, reportFile } from '../../toolsets/release/release-report.ts';
import { REPORT_FORMATS, type ReportFormat } from '../../domain/report/report-address.ts';
import { addStepUp } from '../access/step-up.ts';
import { callTool } from './call.ts';
import { callerOf } from './caller.ts';
import type { RestDeps } from './deps.ts';
import { disconnectSignal } from './disconnect-signal.ts';
import { findTool } from './tools.ts';

/** The path of the reports, below the root of the API. */
export const REPORT_ROUTES = REPORT_FORMATS.map(
  (format) => [`/releases/:cluster/:namespace/:rollout/report.${format}`, format] as const,
);

const query = z.strictObject({ run_id: z.string().optional() });
/** Directives that only a header can contain, in addition to the policy in the page. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** The report of a release as a file. A failure is answered in JSON, as always. */
export async function answerReport(
  deps: RestDeps,
  format: ReportFormat,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  // A server without this toolset has neither the tool nor its files.
  findTool(deps, releaseReport.name);
  const raw = { target: request.params, ...parse(query, request.query), format };
  const { status, body } = await callTool({
    deps,
    command: reportFile,
    raw,
    caller: callerOf(request),
    signal: disconnectSignal(reply),
    progress: () => Promise.resolve(),
  });
  const { type, text } = (body.result ?? {}) as { type?: string; text?: string };
  if (type === undefined || text === undefined) addStepUp(deps.access, reply, body);
  if (type === undefined || text === undefined)
    return reply.code(status).header('cache-control', 'no-store').send(body);
  return reply.code(status).headers(HEADERS).type(type).send(text);
}
