import { isRecord } from '../cluster-objects/api-object.ts';
import { cleanText } from '../safe-text.ts';

/** What an answer has to contain. Every part that is present counts. */
export interface Expected {
  readonly contains?: string;
  /** Names of fields and indexes of lists, with dots between them, and the value there. */
  readonly json?: { readonly field: string; readonly equals: string | number | boolean | null };
}

export interface HttpSmokeTest extends Expected {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** With the query. */
  readonly path: string;
  readonly body?: string;
  readonly status: number;
}

/** A call of a tool that only reads. `expected` is about the text of its result, or its structured content. */
export interface ToolCallTest extends Expected {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface McpSmokeTest {
  readonly path: string;
  /** Tools that the server has to list. */
  readonly tools: readonly string[];
  readonly calls: readonly ToolCallTest[];
}

/** The smoke tests of a deployment, which run before users get a version. */
export interface SmokeTests {
  /** Name or number of the port of the Service. */
  readonly port: string;
  readonly http: readonly HttpSmokeTest[];
  /** Absent: the server is not asked over MCP. */
  readonly mcp?: McpSmokeTest;
  /** Milliseconds of each attempt. */
  readonly timeoutMs: number;
  readonly attempts: number;
}

/** What a service has answered over HTTP. */
export interface HttpAnswered {
  readonly status: number;
  readonly body: string;
}

export interface ListedTool {
  readonly name: string;
  readonly readOnly: boolean;
}

/** What a tool has answered. `structured`: the structured content, if there is one. */
export interface ToolAnswered {
  readonly isError: boolean;
  readonly text: string;
  readonly structured?: unknown;
}

const SHOWN = 200;

/** Why the answer is not the expected one. Undefined if it is. */
export function httpFault(test: HttpSmokeTest, { status, body }: HttpAnswered): string | undefined {
  if (status !== test.status) return `the status is ${status} and not ${test.status}${shown(body)}`;
  return fault(test, body, () => parsed(body));
}

/** The tools that are missing, or that may change something, as a reason. Undefined if all are as they should be. */
export function listFault({ tools, calls }: McpSmokeTest, listed: readonly ListedTool[]): string | undefined {
  const names = listed.map(({ name }) => name);
  const wanted = [...new Set([...tools, ...calls.map(({ tool }) => tool)])];
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) return `the server has no tool ${missing.join(', ')}`;
  const writing = calls.filter(({ tool }) => !listed.some(({ name, readOnly }) => name === tool && readOnly));
  if (writing.length === 0) return undefined;
  return `${writing.map(({ tool }) => tool).join(', ')} is not annotated with readOnlyHint, so it is not called`;
}

/** Why the result of a tool is not the expected one. Undefined if it is. */
export function callFault(test: ToolCallTest, { isError, text, structured }: ToolAnswered): string | undefined {
  if (isError) return `the tool reports an error${shown(text)}`;
  return fault(test, text, () => structured ?? parsed(text));
}

function fault({ contains, json }: Expected, text: string, value: () => unknown): string | undefined {
  if (contains !== undefined && !text.includes(contains))
    return `the answer does not contain ${JSON.stringify(contains)}${shown(text)}`;
  if (json === undefined) return undefined;
  const found = fieldAt(value(), json.field);
  if (found === json.equals) return undefined;
  return `${json.field} is ${found === undefined ? 'absent' : cleanText(JSON.stringify(found), SHOWN)} and not ${JSON.stringify(json.equals)}`;
}

function fieldAt(value: unknown, field: string): unknown {
  return field.split('.').reduce<unknown>((at, name) => {
    if (Array.isArray(at)) return /^\d+$/.test(name) ? (at as unknown[])[Number(name)] : undefined;
    return isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }, value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(text: string): string {
  const clean = cleanText(text.trim(), SHOWN);
  return clean === '' ? '' : `: ${clean}`;
}

/** One smoke test and how it ended. `fault`: absent if it has passed. */
export interface SmokeResult {
  readonly name: string;
  readonly fault?: string;
  /** Attempts that were made. */
  readonly attempts: number;
}

export const httpTestName = ({ method, path }: HttpSmokeTest): string => `${method} ${path}`;
export const callTestName = ({ tool }: ToolCallTest): string => `MCP call of ${tool}`;
export const LIST_TEST_NAME = 'MCP initialize and tools/list';

/** All tests, in their order. */
export function smokeTestNames({ http, mcp }: SmokeTests): readonly string[] {
  return [...http.map(httpTestName), ...(mcp ? [LIST_TEST_NAME, ...mcp.calls.map(callTestName)] : [])];
}

const PASSED = 'smoke tests passed before the first traffic: ';
const FAILED = 'smoke tests failed before the first traffic: ';

/** The results in one sentence, which names the faults, or else the tests. */
export function smokeText(results: readonly SmokeResult[]): string {
  const failed = results.filter(({ fault }) => fault !== undefined);
  return failed.length === 0
    ? `${PASSED}${results.map(({ name }) => name).join(', ')}`
    : `${FAILED}${failed.map(({ name, fault }) => `${name}: ${fault}`).join('; ')}`;
}

/** What such a sentence says. Undefined for any other text. */
export function smokeOutcome(
  text: string,
): { readonly outcome: 'passed' | 'failed'; readonly text: string } | undefined {
  if (text.startsWith(PASSED)) return { outcome: 'passed', text };
  return text.startsWith(FAILED) ? { outcome: 'failed', text } : undefined;
}
