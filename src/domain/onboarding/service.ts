import type { Finding } from './source.ts';

/** What a service is built with. `dockerfile`: its own Dockerfile says it. */
export const LANGUAGES = ['nodejs', 'python', 'golang', 'dockerfile'] as const;
export type Language = (typeof LANGUAGES)[number];

/** How clients reach an MCP server. */
export const MCP_TRANSPORTS = ['stdio', 'sse', 'streamable-http'] as const;
export type McpTransport = (typeof MCP_TRANSPORTS)[number];

/** What a caller says about the service. It wins over what was found. */
export interface Asked {
  readonly language?: Language | undefined;
  /** The words of the command in the container. */
  readonly start?: readonly string[] | undefined;
  /** Folder of a workspace, or of a Go main package. */
  readonly package?: string | undefined;
  readonly port?: number | undefined;
  readonly transport?: McpTransport | undefined;
}

/** How a service is built and started, as its language knows it. */
export interface Build {
  readonly language: Language;
  /** Version of the language's image, e.g. `24`. Empty for a Dockerfile. */
  readonly languageVersion: string;
  /** What installs the dependencies: npm, pnpm, yarn, uv, poetry, pip or go. Empty for a Dockerfile. */
  readonly manager: string;
  /** Empty: the dependencies have no lock file. */
  readonly lockFile: string;
  /** Empty for a Dockerfile, which has its own command. */
  readonly start: readonly string[];
  /** The workspace, or the Go main package. `.` for the folder itself. */
  readonly package: string;
  /** The files that an installation of the dependencies needs. Empty: it may need the whole source. */
  readonly installFiles: readonly string[];
  /** Whether the manager has a build step of its own, for example `npm run build`. */
  readonly buildStep: boolean;
  /** The port that the source names. */
  readonly port?: number;
  readonly findings: readonly Finding[];
  /** What a reader should know, as sentences. */
  readonly warnings: readonly string[];
}

/** An HTTP service or an MCP server, with everything that its deployment depends on. */
export interface Service extends Build {
  readonly port: number;
  /** The path that answers when the service is well. Absent: only the port is checked. */
  readonly health?: string;
  /** `bridged`: the server speaks over stdin and stdout, and a bridge in its image serves it over Streamable HTTP. */
  readonly mcp?: { readonly transport: McpTransport; readonly bridged: boolean };
}

export const DEFAULT_PORT = 8000;
