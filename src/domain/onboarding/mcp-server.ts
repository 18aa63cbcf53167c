import { recordsAt, textAt } from '../cluster-objects/api-object.ts';
import { MCP_TRANSPORTS, type Asked, type McpTransport } from './service.ts';
import { codeWith, jsonAt, type Finding, type Source } from './source.ts';
import { ambiguous } from './undecided.ts';

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
function declared(source: Source): readonly TransportFound[] | undefined {
  if (source.texts['server.json'] === undefined) return undefined;
  const types = recordsAt(jsonAt(source, 'server.json'), 'packages').flatMap((one) => {
    const type = textAt(one, 'transport', 'type');
    return MCP_TRANSPORTS.find((name) => name === type) ?? [];
  });
  const found = [...new Set(types)].map((transport) => ({
    transport,
    finding: { what: `transport ${transport}`, where: 'server.json' },
  }));
  return found.length > 0 ? found : undefined;
}

function inCode(source: Source): readonly TransportFound[] {
  return MCP_TRANSPORTS.flatMap((transport) => {
    const where = codeWith(source, CODE[transport]);
    return where === undefined ? [] : [{ transport, finding: { what: `transport ${transport}`, where } }];
  });
}
