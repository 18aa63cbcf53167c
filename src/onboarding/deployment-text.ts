import { Document, parseDocument } from 'yaml';
import { parseDeployment, type DeploymentFile } from '../contract/deployment-file.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import type { Deployment } from '../domain/onboarding/deployment.ts';
import { imageParts } from '../domain/onboarding/image-reference.ts';
import type { McpTransport, Service } from '../domain/onboarding/service.ts';
import type { Source } from '../domain/onboarding/source.ts';
import { yamlFault } from './yaml-fault.ts';

/** What a caller says about a deployment, in addition to its source. */
export interface Wanted {
  readonly name: string;
  readonly version: string;
  /** Where images are pushed, e.g. `registry.example/team`. */
  readonly registry: string;
  readonly namespace: string;
  readonly host?: string | undefined;
  readonly entryPoints?: readonly string[] | undefined;
  readonly replicas?: number | undefined;
}

/** The text of a deployment.yaml, and what it says. */
export interface DeploymentText {
  readonly text: string;
  readonly deployment: Deployment;
}

/** Errors: DEPLOYMENT_FILE_INVALID. */
export function readDeployment(text: string, registry?: string, file = 'deployment.yaml'): Deployment {
  const document = parseDocument(text, { uniqueKeys: true, merge: false });
  const [error] = document.errors;
  if (error) throw invalid(file, yamlFault(error));
  try {
    return parseDeployment(document.toJS({ maxAliasCount: 20 }), registry);
  } catch (cause) {
    throw invalid(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function invalid(file: string, why: string, cause?: unknown): SluiceError {
  const details = cause instanceof SluiceError ? { ...cause.details } : {};
  return new SluiceError('DEPLOYMENT_FILE_INVALID', `${file}: ${cleanText(why, 1_000)}`, { details, cause });
}

/** deployment.yaml of a service that has none yet. Errors: DEPLOYMENT_FILE_INVALID. */
export function newDeployment(source: Source, service: Service, wanted: Wanted): DeploymentText {
  const text = new Document(contentOf(source, service, wanted)).toString({ lineWidth: 0 });
  return { text, deployment: readDeployment(text, wanted.registry) };
}

function contentOf(source: Source, service: Service, wanted: Wanted): DeploymentFile {
  const { name, version, registry, namespace, host, entryPoints, replicas = 2 } = wanted;
  return {
    deployment: { name, version, github_url: source.url, repo_type: service.language, commit: source.commit },
    container: { image: `${registry}/${name}:${version}`, port: service.port },
    kubernetes: {
      namespace,
      replicas,
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
      ...(service.health === undefined ? {} : { probes: { path: service.health } }),
      ...(host === undefined ? {} : { host }),
      ...(entryPoints === undefined ? {} : { entry_points: [...entryPoints] }),
    },
    environment: environmentOf(service),
    ...(service.mcp === undefined ? {} : { mcp: { transport: transportOf(service.mcp) } }),
  };
}

/** How clients reach the server. */
const transportOf = ({ transport, bridged }: NonNullable<Service['mcp']>): McpTransport =>
  bridged ? 'streamable-http' : transport;

/** Servers listen on all addresses of their pod only if they are told to. */
function environmentOf({ port, mcp }: Service): Record<string, string> {
  if (mcp?.bridged) return { PORT: String(port), MCP_TRANSPORT: 'stdio' };
  const plain = { PORT: String(port), HOST: '0.0.0.0' };
  if (!mcp) return plain;
  return { ...plain, MCP_TRANSPORT: mcp.transport, MCP_PORT: String(port), MCP_HOST: '0.0.0.0' };
}

const BRIDGED = [
  [['mcp', 'transport'], 'streamable-http'],
  [['kubernetes', 'probes', 'path'], '/healthz'],
] as const;

/**
 * An existing deployment.yaml for another version. Only the version, the commit, the address of the source and the tag
 * of the image change; comments stay. Errors: DEPLOYMENT_FILE_INVALID, also if it describes another deployment.
 */
export function nextDeployment(old: string, source: Source, service: Service, wanted: Wanted): DeploymentText {
  const before = readDeployment(old, wanted.registry);
  if (before.name !== wanted.name)
    throw invalid('deployment.yaml', `deployment.name is ${before.name}, and the folder is that of ${wanted.name}`);
  const document = parseDocument(old);
  const same = before.version === wanted.version && before.image.includes('@');
  const changes: readonly (readonly [readonly string[], string])[] = [
    [['deployment', 'version'], wanted.version],
    [['deployment', 'github_url'], source.url],
    [['deployment', 'repo_type'], service.language],
    [['deployment', 'commit'], source.commit],
    // A bridge has come since, for a file that somebody wrote by hand.
    ...(service.mcp?.bridged && before.mcp?.transport === 'stdio' ? BRIDGED : []),
    ...(same ? [] : [[['container', 'image'], `${imageParts(before.image).name}:${wanted.version}`] as const]),
  ];
  for (const [path, value] of changes) if (document.getIn(path) !== value) document.setIn(path, value);
  const text = document.toString({ lineWidth: 0 });
  return { text, deployment: readDeployment(text, wanted.registry) };
}

/** deployment.yaml with another image. Comments stay. Errors: DEPLOYMENT_FILE_INVALID. */
export function withImage(old: string, image: string, registry: string): DeploymentText {
  const document = parseDocument(old);
  if (document.getIn(['container', 'image']) === image) return { text: old, deployment: readDeployment(old, registry) };
  document.setIn(['container', 'image'], image);
  const text = document.toString({ lineWidth: 0 });
  return { text, deployment: readDeployment(text, registry) };
}
