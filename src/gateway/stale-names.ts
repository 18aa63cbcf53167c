import { isFields, textAt, type RpcMessage } from '../domain/gateway/message.ts';
import { standIns } from '../domain/gateway/stand-in.ts';
import { mayComeFrom } from '../domain/gateway/uri-template.ts';
import type { RegisteredServer, ServerVersion } from '../domain/servers/server.ts';
import { identity } from './identity.ts';
import type { InboundMessage } from './inbound.ts';
import { KnownLists, type Lister } from './known-lists.ts';
import { listedPrompts, listedResources, listedTools, type ListedResources, type ListedTools } from './lists.ts';
import { boundTo, type Route } from './route.ts';
import { versionOf } from './server-table.ts';
import type { Upstream } from './upstream.ts';

type UpstreamOf = (server: string, version: ServerVersion) => Upstream;

/** What a request is about, as a list would name it. */
interface Named {
  readonly kind: 'tool' | 'prompt' | 'resource' | 'template';
  readonly name: string;
}

/** Finds a version for names that callers have from older lists: of tools, prompts and resources. */
export class StaleNames {
  readonly tools: KnownLists<ListedTools>;
  readonly #prompts: KnownLists<ReadonlySet<string>>;
  readonly #resources: KnownLists<ListedResources>;

  constructor(upstream: UpstreamOf) {
    this.tools = new KnownLists(upstream, listedTools);
    this.#prompts = new KnownLists(upstream, listedPrompts);
    this.#resources = new KnownLists(upstream, listedResources);
  }

  /** Forgets the lists of a server that has changed. */
  forget(server: RegisteredServer): void {
    for (const lists of [this.tools, this.#prompts, this.#resources]) lists.forget(server);
  }

  /** The versions that may answer in place of that of the route, because callers know their names. */
  others({ message, wanted }: InboundMessage, server: RegisteredServer, route: Route): readonly ServerVersion[] {
    if (wanted !== undefined || route.handles.length > 0 || !namedIn(message)) return [];
    return standIns(server, route.version.version, Date.now()).flatMap((name) => versionOf(server, name) ?? []);
  }

  /** The first of the others that has the name, if the version of the route has it not. */
  async instead(
    inbound: InboundMessage,
    { version }: Route,
    others: readonly ServerVersion[],
  ): Promise<ServerVersion | undefined> {
    const named = namedIn(inbound.message);
    if (!named) return undefined;
    const caller = { principal: boundTo(inbound), headers: identity(inbound.headers) };
    const has = (asked: ServerVersion): Promise<boolean | undefined> => this.#has(inbound.server, asked, named, caller);
    if ((await has(version)) !== false) return undefined;
    for (const other of others) if (await has(other)) return other;
    return undefined;
  }

  /** Undefined if the version does not answer. */
  async #has(server: string, version: ServerVersion, { kind, name }: Named, by: Lister): Promise<boolean | undefined> {
    if (kind === 'tool') return (await this.tools.of(server, version, by))?.has(name);
    if (kind === 'prompt') return (await this.#prompts.of(server, version, by))?.has(name);
    const listed = await this.#resources.of(server, version, by);
    if (kind === 'template') return listed?.templates.includes(name);
    return listed && (listed.uris.has(name) || listed.templates.some((template) => mayComeFrom(name, template)));
  }
}

function namedIn({ kind, method, params }: RpcMessage): Named | undefined {
  if (kind !== 'request') return undefined;
  if (method === 'tools/call') return named('tool', textAt(params, 'name'));
  if (method === 'prompts/get') return named('prompt', textAt(params, 'name'));
  if (method === 'resources/read') return named('resource', textAt(params, 'uri'));
  const ref = method === 'completion/complete' && isFields(params['ref']) ? params['ref'] : {};
  if (ref['type'] === 'ref/prompt') return named('prompt', textAt(ref, 'name'));
  return ref['type'] === 'ref/resource' ? named('template', textAt(ref, 'uri')) : undefined;
}

function named(kind: Named['kind'], name: string | undefined): Named | undefined {
  return name === undefined ? undefined : { kind, name };
}
