import { z } from 'zod';
import type { Expected, SmokeTests } from '../domain/delivery/smoke.ts';
import { duration, toMs } from './duration.ts';
import type { Problem } from './parse.ts';

const text = z.string().min(1).max(1_000);
const target = z.string().regex(/^\/[\w./~%?&=+,:@-]{0,500}$/, 'must be a path that begins with "/"');
const tool = z.string().min(1).max(128);
const field = z
  .string()
  .max(300)
  .regex(/^[^.\s]+([.][^.\s]+)*$/, 'must be names of fields and indexes of lists, with dots between them');

const isScalar = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** What an answer has to contain. */
const expected = {
  contains: text.optional().describe('A text in the answer.'),
  json: z
    .strictObject({
      field: field.describe('Names of fields and indexes of lists, with dots between them, as in items.0.name.'),
      equals: z
        .unknown()
        .refine(isScalar, 'must be a text, a number, true, false or null')
        .describe('The value that the field has to have.'),
    })
    .optional()
    .describe('A field of the JSON in the answer, and its value.'),
};

/** The section `smoke_tests` of a deployment.yaml. */
export const smokeTests = z.strictObject({
  port: z
    .string()
    .regex(/^[a-z0-9-]{1,15}$/, 'must be the name or the number of a port')
    .optional()
    .describe('Name or number of the port of the Service. Default http.'),
  timeout: duration.optional().describe('Time limit of each attempt. Default 10s.'),
  attempts: z.int().min(1).max(10).optional().describe('Attempts of each test, with 2 s between them. Default 3.'),
  http: z
    .array(
      z.strictObject({
        path: target.describe('Path, with its query.'),
        method: z.enum(['GET', 'HEAD', 'POST']).optional().describe('Default GET.'),
        body: z.string().max(10_000).optional().describe('For POST.'),
        status: z.int().min(100).max(599).optional().describe('Expected status. Default 200.'),
        ...expected,
      }),
    )
    .max(20)
    .optional()
    .describe('Requests over HTTP, one after the other.'),
  mcp: z
    .strictObject({
      path: target.optional().describe('Path of the server. Default /mcp, or that of the section mcp.'),
      tools: z.array(tool).max(100).optional().describe('Tools that the server has to list.'),
      calls: z
        .array(
          z.strictObject({
            tool: tool.describe('A tool that is annotated with readOnlyHint.'),
            arguments: z.record(z.string(), z.unknown()).optional().describe('Arguments of the call. Default none.'),
            ...expected,
          }),
        )
        .max(20)
        .optional()
        .describe('Calls of tools that only read.'),
    })
    .optional()
    .describe('For an MCP server with transport streamable-http: it is initialized, and lists its tools.'),
});
type SmokeTestsFile = z.output<typeof smokeTests>;

/** The tests as a section of a file again, for another file. */
export function fromSmokeTests({ timeoutMs, ...tests }: SmokeTests): Readonly<Record<string, unknown>> {
  return { ...tests, timeout: `${timeoutMs}ms` };
}

const MOST_MS = 60_000;

/** What the fields say only together. */
export function smokeProblems(file: SmokeTestsFile | undefined): readonly Problem[] {
  if (!file) return [];
  const problem = (when: boolean, path: string, message: string): readonly Problem[] =>
    when ? [{ path, message }] : [];
  const { http = [], mcp, timeout = '10s' } = file;
  return [
    ...problem(http.length === 0 && !mcp, 'smoke_tests', 'has no test: name http or mcp'),
    ...problem(toMs(timeout) > MOST_MS, 'smoke_tests.timeout', 'must be 60s at most'),
    ...http.flatMap(({ method = 'GET', body, contains, json }, index) => [
      ...problem(body !== undefined && method !== 'POST', `smoke_tests.http.${index}.body`, 'is for method POST only'),
      ...problem(
        method === 'HEAD' && (contains ?? json) !== undefined,
        `smoke_tests.http.${index}`,
        'expects a text, and an answer to HEAD has none',
      ),
    ]),
  ];
}

/** `mcpPath`: where the MCP server is, if the section does not say it. */
export function toSmokeTests(
  { port, timeout, attempts, http = [], mcp }: SmokeTestsFile,
  mcpPath = '/mcp',
): SmokeTests {
  return {
    port: port ?? 'http',
    timeoutMs: toMs(timeout ?? '10s'),
    attempts: attempts ?? 3,
    http: http.map(({ path, method, body, status, ...more }) => ({
      ...{ path, method: method ?? 'GET', status: status ?? 200 },
      ...(body === undefined ? {} : { body }),
      ...expectedOf(more),
    })),
    ...(mcp === undefined
      ? {}
      : {
          mcp: {
            path: mcp.path ?? mcpPath,
            tools: mcp.tools ?? [],
            calls: (mcp.calls ?? []).map(({ tool: name, arguments: args, ...more }) => ({
              ...{ tool: name, arguments: args ?? {} },
              ...expectedOf(more),
            })),
          },
        }),
  };
}

interface ExpectedFile {
  readonly contains?: string | undefined;
  readonly json?: { readonly field: string; readonly equals?: unknown } | undefined;
}

function expectedOf({ contains, json }: ExpectedFile): Expected {
  const field = json && { field: json.field, equals: json.equals as NonNullable<Expected['json']>['equals'] };
  return { ...(contains === undefined ? {} : { contains }), ...(field === undefined ? {} : { json: field }) };
}
