import type { Service } from '../service.ts';
import { from, type BaseImages } from './lines.ts';

/** The file of a deployment with the bridge for servers that speak over stdin and stdout. */
export const BRIDGE_FILE = 'bridge/bridge.mjs';
/** The name of its folder in a Dockerfile, which a builder gets as a further context. */
export const BRIDGE_CONTEXT = 'sluice-bridge';

const NODE = 'node:24-bookworm-slim';
const PROGRAM = '/opt/sluice/bridge.mjs';
const OWN_NODE = '/opt/sluice/node';
/** The oldest Node that the bridge runs on. */
const LEAST_NODE = 22;

/** What a Dockerfile of ours has in addition for a server that needs a bridge. */
export interface Bridge {
  /** The base image that the program of Node comes from. Absent: the service has it. */
  readonly base?: string;
  /** The stage of that image. */
  readonly stage: readonly string[];
  /** Lines of the final stage. */
  readonly lines: readonly string[];
  readonly start: readonly string[];
  readonly health: readonly string[];
}

/** `name`: of the deployment. Undefined for a service that listens itself. */
export function bridgeOf(service: Service, name: string, pinned: BaseImages): Bridge | undefined {
  if (service.mcp?.bridged !== true) return undefined;
  const { language, languageVersion, port, start } = service;
  const own = language === 'nodejs' && Number(languageVersion) >= LEAST_NODE;
  const node = own ? 'node' : OWN_NODE;
  return {
    ...(own ? {} : { base: NODE }),
    stage: own ? [] : [from(NODE, 'node', pinned), ''],
    lines: [
      ...(own ? [] : [`COPY --from=node /usr/local/bin/node ${OWN_NODE}`]),
      `COPY --from=${BRIDGE_CONTEXT} bridge.mjs ${PROGRAM}`,
      `ENV PORT=${port}`,
    ],
    start: [node, PROGRAM, '--name', name, '--', ...start],
    health: nodeHealthCheck(port, '/healthz', node),
  };
}

/** Node is in the image, and nothing else that could open a connection. `path`: absent, only the port is opened. */
export function nodeHealthCheck(port: number, path: string | undefined, node = 'node'): readonly string[] {
  const code =
    path === undefined
      ? `require('net').connect(${port}).on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))`
      : `fetch('http://127.0.0.1:${port}${path}').then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))`;
  return [node, '-e', code];
}
