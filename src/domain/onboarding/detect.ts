import { SluiceError } from '../errors.ts';
import { BRIDGE_FILE } from './dockerfiles/bridge.ts';
import { LANGUAGE_KINDS } from './languages/index.ts';
import type { LanguageKind } from './languages/language.ts';
import { mcpServer } from './mcp-server.ts';
import { DEFAULT_PORT, type Asked, type Build, type Service } from './service.ts';
import { codeWith, hasFile, type Finding, type Source } from './source.ts';
import { ambiguous } from './undecided.ts';

/** Paths by which services usually say that they are well, the most telling first. */
const HEALTH = ['/healthz', '/health', '/readyz', '/ready'];

const BRIDGE_HEALTH: Finding = { what: 'health path /healthz', where: BRIDGE_FILE };
const BRIDGE_WARNINGS = [
  'The server speaks over stdin and stdout, so a bridge in the image serves it at /mcp. Each session of a client of 2025 is a process of its own.',
];

/**
 * How the service of a source is built, started and reached. Errors: SOURCE_UNKNOWN, SOURCE_AMBIGUOUS and
 * SOURCE_NO_START with the field to set, SOURCE_REFUSED.
 */
export function detect(source: Source, asked: Asked): Service {
  const build = languageOf(source, asked).detect(source, asked);
  const mcp = mcpServer(source, asked);
  // What is in the image of an own Dockerfile is not known, so nothing is added to it.
  const bridged = mcp?.transport === 'stdio' && build.language !== 'dockerfile';
  const health = bridged ? BRIDGE_HEALTH : healthOf(source);
  const port = asked.port ?? build.port ?? DEFAULT_PORT;
  const findings = [...build.findings, ...(mcp?.findings ?? []), ...(health ? [health] : [])];
  return {
    ...build,
    port,
    findings,
    warnings: [
      ...build.warnings,
      ...lockWarnings(build),
      ...(bridged ? BRIDGE_WARNINGS : portWarnings(asked.port ?? build.port)),
    ],
    ...(health ? { health: health.what.slice('health path '.length) } : {}),
    ...(mcp ? { mcp: { transport: mcp.transport, bridged } } : {}),
  };
}

/** The code is not searched for a port, because it may come from a setting. */
function portWarnings(port: number | undefined): readonly string[] {
  if (port !== undefined) return [];
  return [`Nobody has named the port of the service, so ${DEFAULT_PORT} is taken. To take another one, set port.`];
}

/** Errors: SOURCE_UNKNOWN, SOURCE_AMBIGUOUS. */
function languageOf(source: Source, { language }: Asked): LanguageKind {
  const marked = LANGUAGE_KINDS.filter(({ marks }) => marks.some((mark) => hasFile(source, mark)));
  const named = LANGUAGE_KINDS.find(({ name }) => name === language);
  if (named && marked.includes(named)) return named;
  const all = LANGUAGE_KINDS.flatMap(({ marks }) => marks).join(', ');
  if (named)
    throw new SluiceError(
      'SOURCE_UNKNOWN',
      `The folder has no ${named.marks.join(' or ')}, so it is not ${named.name}.`,
    );
  const own = marked.find(({ name }) => name === 'dockerfile');
  const [only] = marked;
  if (own ?? (only && marked.length === 1)) return own ?? (only as LanguageKind);
  if (!only) throw new SluiceError('SOURCE_UNKNOWN', `The folder has none of these files: ${all}.`);
  throw ambiguous(
    'several languages',
    'language',
    marked.map(({ name }) => name),
  );
}

function healthOf(source: Source): Finding | undefined {
  for (const path of HEALTH) {
    const where = codeWith(source, new RegExp(`["'\`]${path}["'\`]`));
    if (where !== undefined) return { what: `health path ${path}`, where };
  }
  return undefined;
}

function lockWarnings({ lockFile, language }: Build): readonly string[] {
  if (lockFile !== '') return [];
  return [`The dependencies are not locked: two builds of the same commit may differ (${language}).`];
}
