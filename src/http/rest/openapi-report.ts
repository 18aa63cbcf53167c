import type { Command } from '../../commands/command.ts';
import { releaseReport } from '../../toolsets/release/release-report.ts';
import { deliveryGet } from '../../toolsets/delivery/delivery-get.ts';
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

const TARGET: readonly Json[] = [
  part('cluster', 'Kubeconfig context.'),
  part('namespace', 'Namespace.'),
  part('rollout', 'Name of the Rollout.'),
];
const FURTHER: readonly Json[] = [
  { name: 'run_id', in: 'query', description: 'An earlier run; default: the latest.', schema: { type: 'string' } },
  {
    name: CALLER_HEADER,
    in: 'header',
    description: 'Name of the caller for the audit log; not an identity.',
    schema: { type: 'string' },
  },
];

/** The paths of the report files whose tools are offered. */
export function reportPaths(commands: readonly Command[]): Json {
  return { ...releasePaths(commands), ...deliveryPaths(commands) };
}

function deliveryPaths(commands: readonly Command[]): Json {
  if (!commands.some(({ name }) => name === deliveryGet.name)) return {};
  const operation = {
    ...{ operationId: 'delivery_report_html', summary: 'Report on a delivery, as a page', description: PAGE },
    ...{ tags: [deliveryGet.toolset], parameters: [part('name', 'Name of the deployment.'), ...FURTHER] },
  };
  return { '/engine/v1/deliveries/{name}/report.html': { get: file(operation, HTML) } };
}

function releasePaths(commands: readonly Command[]): Json {
  if (!commands.some(({ name }) => name === releaseReport.name)) return {};
  const path = '/engine/v1/releases/{cluster}/{namespace}/{rollout}/report';
  const common = { tags: [releaseReport.toolset], parameters: [...TARGET, ...FURTHER] };
  const page = { operationId: 'release_report_html', summary: 'Report on a release, as a page', description: PAGE };
  const data = {
    operationId: 'release_report_json',
    summary: 'Report on a release, as JSON',
    description:
      'The whole report: weights, comparisons, evidence, verdicts, people, events and queries. Evidence is in natural logarithms of odds.',
  };
  const json = { 'application/json': { schema: schemaOf(releaseReportFile, 'output') } };
  return {
    [`${path}.html`]: { get: file({ ...page, ...common }, HTML) },
    [`${path}.json`]: { get: file({ ...data, ...common }, json) },
  };
}

const PAGE = 'One HTML file: no script, nothing to fetch.';
const HTML = { 'text/html': { schema: { type: 'string' } } };

function file({ operationId, tags, ...operation }: Json, content: Json): Json {
  const responses = { 200: { description: 'The report.', content }, ...refusals(CALL_STATUSES) };
  return { operationId, tags, ...operation, responses };
}
