import type { Command } from '../../commands/command.ts';
import { releaseReport } from '../../toolsets/release/release-report.ts';
import { releaseReportFile } from '../../contract/release-report.ts';
import { CALLER_HEADER } from '../../contract/caller-header.ts';
import { CALL_STATUSES, refusals } from './openapi-failures.ts';
import { schemaOf, type Json } from './tools.ts';

const text = { type: 'string', minLength: 1 };
const part = (name: string, description: string): Json => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: text,
});

const PARAMETERS: readonly Json[] = [
  part('cluster', 'Kubeconfig context.'),
  part('namespace', 'Namespace.'),
  part('rollout', 'Name of the Rollout.'),
  { name: 'run_id', in: 'query', description: 'An earlier run; default: the latest.', schema: { type: 'string' } },
  {
    name: CALLER_HEADER,
    in: 'header',
    description: 'Name of the caller for the audit log; not an identity.',
    schema: { type: 'string' },
  },
];

/** The paths of the report files, if the tool is offered. */
export function reportPaths(commands: readonly Command[]): Json {
  if (!commands.some(({ name }) => name === releaseReport.name)) return {};
  const path = '/engine/v1/releases/{cluster}/{namespace}/{rollout}/report';
  return {
    [`${path}.html`]: {
      get: file(
        'release_report_html',
        'Report on a release, as a page',
        'One HTML file: no script, nothing to fetch.',
        { 'text/html': { schema: { type: 'string' } } },
      ),
    },
    [`${path}.json`]: {
      get: file(
        'release_report_json',
        'Report on a release, as JSON',
        'The whole report: weights, comparisons, evidence, verdicts, people, events and queries. Evidence is in natural logarithms of odds.',
        { 'application/json': { schema: schemaOf(releaseReportFile, 'output') } },
      ),
    },
  };
}

function file(operationId: string, summary: string, description: string, content: Json): Json {
  return {
    operationId,
    tags: [releaseReport.toolset],
    summary,
    description,
    parameters: PARAMETERS,
    responses: { 200: { description: 'The report.', content }, ...refusals(CALL_STATUSES) },
  };
}
