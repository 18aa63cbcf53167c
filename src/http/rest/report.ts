import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { releaseReport, reportFile } from '../../toolsets/release/release-report.ts';
import { deliveryGet } from '../../toolsets/delivery/delivery-get.ts';
import { deliveryReportFile } from '../../toolsets/delivery/report-file.ts';
import type { Command } from '../../commands/command.ts';
import { REPORT_FORMATS } from '../../domain/report/report-address.ts';
import { addStepUp } from '../access/step-up.ts';
import { callTool } from './call.ts';
import { callerOf } from './caller.ts';
import type { RestDeps } from './deps.ts';
import { disconnectSignal } from './disconnect-signal.ts';
import { findTool } from './tools.ts';

/** A report as a file, at a path below the root of the API. */
interface ReportRoute {
  readonly url: string;
  /** The tool that the server has to offer. */
  readonly tool: string;
  readonly command: Command;
  /** The arguments of the command. */
  readonly raw: (params: object, asked: { readonly run_id?: string | undefined }) => object;
}

const OF_RELEASES = REPORT_FORMATS.map(
  (format): ReportRoute => ({
    url: `/releases/:cluster/:namespace/:rollout/report.${format}`,
    tool: releaseReport.name,
    command: reportFile,
    raw: (target, asked) => ({ target, ...asked, format }),
  }),
);

export const REPORT_ROUTES: readonly ReportRoute[] = [
  ...OF_RELEASES,
  {
    url: '/deliveries/:name/report.html',
    tool: deliveryGet.name,
    command: deliveryReportFile,
    raw: (name, asked) => ({ ...name, ...asked }),
  },
];

const query = z.strictObject({ run_id: z.string().optional() });
/** Directives that only a header can contain, in addition to the policy in the page. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** A report as a file. A failure is answered in JSON, as always. */
export async function answerReport(
  deps: RestDeps,
  { tool, command, raw }: ReportRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  // A server without this toolset has neither the tool nor its files.
  findTool(deps, tool);
  const given = raw(request.params as object, parse(query, request.query));
  const { status, body } = await callTool({
    deps,
    command,
    raw: given,
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
