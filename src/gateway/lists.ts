import { SluiceError } from '../domain/errors.ts';
import { isFields, textAt } from '../domain/gateway/message.ts';
import { inOwnSession } from './own-call.ts';
import { ask, ENVELOPE, modernHeaders, type Fields } from './own-request.ts';
import type { Upstream } from './upstream.ts';

/** No version lists more pages than this. */
const MOST_PAGES = 100;
const METHOD_NOT_FOUND = -32_601;

type Headers = Readonly<Record<string, string>>;

/** All tools that a version lists. The value is whether the tool only reads, as its annotation says. */
export type ListedTools = ReadonlyMap<string, boolean>;

/** The tools of a version, asked for by the gateway itself. Throws SluiceError. */
export async function listedTools(upstream: Upstream, headers: Headers): Promise<ListedTools> {
  const tools = await items(upstream, headers, { method: 'tools/list', field: 'tools' });
  return new Map(tools.flatMap((tool) => (typeof tool['name'] === 'string' ? [[tool['name'], readsOnly(tool)]] : [])));
}

/** The names of its prompts. Throws SluiceError. */
export async function listedPrompts(upstream: Upstream, headers: Headers): Promise<ReadonlySet<string>> {
  const prompts = await items(upstream, headers, { method: 'prompts/list', field: 'prompts' });
  return new Set(prompts.flatMap((prompt) => textAt(prompt, 'name') ?? []));
}

/** What a version lets callers read: addresses, and templates of addresses. */
export interface ListedResources {
  readonly uris: ReadonlySet<string>;
  readonly templates: readonly string[];
}

/** Throws SluiceError. */
export async function listedResources(upstream: Upstream, headers: Headers): Promise<ListedResources> {
  const resources = await items(upstream, headers, { method: 'resources/list', field: 'resources' });
  const templates = await items(upstream, headers, { method: 'resources/templates/list', field: 'resourceTemplates' });
  return {
    uris: new Set(resources.flatMap((resource) => textAt(resource, 'uri') ?? [])),
    templates: templates.flatMap((template) => textAt(template, 'uriTemplate') ?? []),
  };
}

interface List {
  readonly method: string;
  /** The field of a result that has the items. */
  readonly field: string;
}

/** Everything in a list, by the revision that the version speaks. A version without the method has nothing. */
async function items(upstream: Upstream, headers: Headers, list: List): Promise<readonly Fields[]> {
  try {
    const sending = { headers: modernHeaders(list.method, headers) };
    return await pages(list, (params) => ask(upstream, list.method, { ...params, _meta: ENVELOPE }, sending));
  } catch (error) {
    // Only a version that could read the request says that it does not know the method.
    if (isUnknown(error)) return [];
  }
  try {
    return await inOwnSession(upstream, headers, (request) => pages(list, (params) => request(list.method, params)));
  } catch (error) {
    if (isUnknown(error)) return [];
    throw error;
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof SluiceError && error.details?.['rpc'] === METHOD_NOT_FOUND;
}

async function pages({ method, field }: List, list: (params: Fields) => Promise<Fields>): Promise<readonly Fields[]> {
  const found: Fields[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const result = await list(cursor === undefined ? {} : { cursor });
    const part = result[field];
    for (const item of Array.isArray(part) ? part : []) if (isFields(item)) found.push(item);
    cursor = textAt(result, 'nextCursor');
    if (cursor === undefined) return found;
  }
  throw new SluiceError('UPSTREAM_INVALID', `The version answers ${method} with more than ${MOST_PAGES} pages.`);
}

function readsOnly({ annotations }: Fields): boolean {
  return isFields(annotations) && annotations['readOnlyHint'] === true;
}
