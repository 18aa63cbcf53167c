import { isRecord } from '../cluster-objects/api-object.ts';
import { MCP_TRANSPORTS, type Asked, type McpTransport } from './service.ts';
import type { Finding, Source } from './source.ts';
import { ambiguous, unreadable } from './undecided.ts';

/** What shows in a file that the source depends on an SDK for MCP servers. */
const SDKS: readonly (readonly [file: string, sdk: RegExp])[] = [
  ['package.json', /"(@modelcontextprotocol\/(?:sdk|server)|fastmcp|mcp-framework)"\s*:/],
  ['pyproject.toml', /["'](mcp|fastmcp)(?:\[[^\]]*\])?\s*(?:[<>=~!@].*)?["']/],
  ['pyproject.toml', /^(mcp|fastmcp)\s*=/m],
  ['requirements.txt', /^(mcp|fastmcp)(?:\[[^\]]*\])?\s*(?:[<>=~!@].*)?$/m],
  ['go.mod', /(github\.com\/(?:modelcontextprotocol\/go-sdk|mark3labs\/mcp-go))\b/],
];
/** What shows in code which transport a server offers. */
const CODE: Readonly<Record<McpTransport, RegExp>> = {
  stdio: /StdioServerTransport|serveStdio|StdioTransport\b|ServeStdio\(|stdio_server\(|transport\s*=\s*["']stdio["']/,
  sse: /SSEServerTransport|NewSSEHandler|NewSSEServer|transport\s*=\s*["']sse["']/,
  'streamable-http':
    /StreamableHTTPServerTransport|createMcpHandler|NodeStreamableHTTP|NewStreamableHTTPHandler|NewStreamableHTTPServer|streamable_http_app|transport\s*=\s*["'](?:streamable-)?http["']/,
};

export interface McpFound {
  readonly transport: McpTransport;
  readonly findings: readonly Finding[];
}

/** Undefined if nothing shows an MCP server. Errors: SOURCE_AMBIGUOUS with `transport`, SOURCE_REFUSED. */
export function mcpServer(source: Source, asked: Asked): McpFound | undefined {
  const shown = shownBy(source);
  if (shown.length === 0 && asked.transport === undefined) return undefined;
  if (asked.transport) return { transport: asked.transport, findings: shown };
  const found = declared(source) ?? inCode(source);
  const [only] = found;
  if (only && found.length === 1) return { transport: only.transport, findings: [...shown, only.finding] };
  const names = found.length === 0 ? MCP_TRANSPORTS : found.map(({ transport }) => transport);
  throw ambiguous(
    found.length === 0 ? 'an MCP server whose transport is not clear' : 'several transports',
    'transport',
    names,
  );
}

function shownBy({ texts }: Source): readonly Finding[] {
  const sdks = SDKS.flatMap(([where, pattern]) => {
    const [, sdk] = pattern.exec(texts[where] ?? '') ?? [];
    return sdk === undefined ? [] : [{ what: `MCP SDK ${sdk}`, where }];
  });
  return texts['server.json'] === undefined ? sdks : [{ what: 'MCP server', where: 'server.json' }, ...sdks];
}

interface TransportFound {
  readonly transport: McpTransport;
  readonly finding: Finding;
}

/** The transports of the packages of server.json. Undefined without that file. */
function declared({ texts }: Source): readonly TransportFound[] | undefined {
  const text = texts['server.json'];
  if (text === undefined) return undefined;
  const packages = parsed(text)['packages'];
  const types = (Array.isArray(packages) ? packages : []).flatMap((one: unknown) => {
    const type = isRecord(one) && isRecord(one['transport']) ? one['transport']['type'] : undefined;
    const known = MCP_TRANSPORTS.find((name) => name === type);
    return known ? [known] : [];
  });
  const found = [...new Set(types)].map((transport) => ({
    transport,
    finding: { what: `transport ${transport}`, where: 'server.json' },
  }));
  return found.length > 0 ? found : undefined;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch (error) {
    throw unreadable('server.json', error);
  }
}

function inCode({ texts }: Source): readonly TransportFound[] {
  const code = Object.entries(texts).filter(([path]) => /\.(m?[jt]s|cjs|py|go)$/.test(path));
  return MCP_TRANSPORTS.flatMap((transport) => {
    const [where] = code.find(([, text]) => CODE[transport].test(text)) ?? [];
    return where === undefined ? [] : [{ transport, finding: { what: `transport ${transport}`, where } }];
  });
}
