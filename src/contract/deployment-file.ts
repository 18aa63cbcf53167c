import { z } from 'zod';
import type { Deployment } from '../domain/onboarding/deployment.ts';
import { LANGUAGES, MCP_TRANSPORTS } from '../domain/onboarding/service.ts';
import { duration, toMs } from './duration.ts';
import { smokeProblems, smokeTests, toSmokeTests } from './smoke-tests.ts';
import { parse, type Problem } from './parse.ts';
import { image } from './image.ts';
import { dnsName } from './target.ts';

/** The longest name that still is one of a Service with `-stable` or `-canary` after it. */
const NAME = /^[a-z]([a-z0-9-]{0,54}[a-z0-9])?$/;
export const deploymentName = z
  .string()
  .regex(NAME, 'must be lower-case letters, digits and "-", begin with a letter, and have at most 56 characters');

/** A version is the tag of an image and a part of the name of a branch. */
export const deploymentVersion = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be letters, digits, ".", "_" and "-", at most 64')
  .refine((version) => version.toLowerCase() !== 'latest', 'must name one version, not latest');

const cpu = z.string().regex(/^(\d{1,4}(\.\d{1,3})?|\d{1,7}m)$/, 'must be a quantity of CPU, as in 100m or 1');
const memory = z.string().regex(/^\d{1,9}([EPTGMK]i?|[EPTGMk])?$/, 'must be a quantity of memory, as in 128Mi');
const path = z.string().regex(/^\/[\w./~%-]{0,200}$/, 'must be a path that begins with "/"');
const host = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, 'must be a host name');
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be letters, digits and "_"');
const port = z.int().min(1).max(65_535);
const quantities = z.strictObject({ cpu: cpu.optional(), memory: memory.optional() });

/** deployment.yaml, as a person writes it. */
export const deploymentFile = z.strictObject({
  deployment: z.strictObject({
    name: deploymentName.describe('Name of the Rollout, and beginning of the names of its Services.'),
    version: deploymentVersion.describe('Version, which is the tag of the image.'),
    github_url: z.string().min(1).max(2_048).describe('Address of the Git repository, of any host.'),
    repo_type: z.enum(LANGUAGES).describe('What the service is built with.'),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/, 'must be the full id of a commit')
      .optional()
      .describe('Commit in source/.'),
    created_at: z
      .union([z.iso.datetime({ offset: true }), z.iso.date()])
      .optional()
      .describe('Not read.'),
  }),
  container: z.strictObject({
    image: image.describe('Image with its tag or digest.'),
    port: port.describe('Port that the service listens on.'),
  }),
  kubernetes: z.strictObject({
    namespace: dnsName.describe('Namespace. It has to exist.'),
    replicas: z.int().min(1).max(1_000).optional().describe('Pods. Default 2.'),
    resources: z
      .strictObject({
        requests: quantities.optional().describe('Default 100m and 128Mi.'),
        limits: quantities.optional().describe('Default 500m and 512Mi.'),
      })
      .optional(),
    probes: z
      .strictObject({
        path: path.optional().describe('Path of the health check. Absent: the probes only open the port.'),
        startup: duration.optional().describe('Time limit of a start. Default 60s.'),
      })
      .optional(),
    autoscaling: z
      .strictObject({
        min_replicas: z.int().min(1).max(1_000).describe('Fewest pods.'),
        max_replicas: z.int().min(1).max(1_000).describe('Most pods.'),
        cpu_percent: z.int().min(1).max(1_000).optional().describe('Of the requested CPU. Default 75.'),
      })
      .optional()
      .describe('A HorizontalPodAutoscaler, in place of replicas.'),
    host: host.optional().describe('Host of the IngressRoute. Absent: none is written.'),
    entry_points: z.array(dnsName).min(1).max(10).optional().describe('Entry points of Traefik. Default web.'),
    canary_weights: z
      .array(z.int().min(1).max(100))
      .min(1)
      .max(20)
      .optional()
      .describe('Percent of the users, in rising order. Default 5, 25, 50.'),
  }),
  environment: z
    .record(variable, z.union([z.string().max(8_192), z.number(), z.boolean()]))
    .optional()
    .describe('Environment variables. Never secrets: those are references.'),
  secrets: z
    .record(variable, z.strictObject({ secret: dnsName, key: z.string().regex(/^[\w.-]{1,253}$/) }))
    .optional()
    .describe('Environment variables from entries of Secrets.'),
  mcp: z
    .strictObject({
      transport: z.enum(MCP_TRANSPORTS).describe('How clients reach the server.'),
      path: path.optional().describe('Default /mcp.'),
      scopes: z
        .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, 'must be a scope'))
        .max(50)
        .optional()
        .describe('OAuth scopes that the server asks for.'),
    })
    .optional()
    .describe('For an MCP server.'),
  smoke_tests: smokeTests.optional().describe('Tests of a new version before users get it.'),
});
export type DeploymentFile = z.output<typeof deploymentFile>;

/** `registry`: the only beginning that an image may have. Throws INVALID_INPUT or UNKNOWN_NAME. */
export function parseDeployment(value: unknown, registry?: string): Deployment {
  const shape = deploymentFile.safeParse(value);
  return toDeployment(parse(deploymentFile, value, shape.success ? moreProblems(shape.data, registry) : []));
}

/** What the fields say only together. */
function moreProblems(
  { container, kubernetes, environment, secrets, mcp, smoke_tests: smoke }: DeploymentFile,
  registry: string | undefined,
): readonly Problem[] {
  const { autoscaling, canary_weights: weights = [] } = kubernetes;
  const { image: name } = container;
  const both = Object.keys(environment ?? {}).filter((key) => Object.hasOwn(secrets ?? {}, key));
  const problem = (when: boolean, at: string, message: string): readonly Problem[] =>
    when ? [{ path: at, message }] : [];
  return [
    ...problem(!/(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(name), 'container.image', 'must have a tag or a digest'),
    ...problem(
      registry !== undefined && !name.startsWith(`${registry}/`),
      'container.image',
      `must be an image of ${registry ?? ''}`,
    ),
    ...problem(
      (autoscaling?.min_replicas ?? 1) > (autoscaling?.max_replicas ?? 1_000),
      'kubernetes.autoscaling',
      'has more min_replicas than max_replicas',
    ),
    ...problem(
      weights.some((weight, index) => weight <= (weights[index - 1] ?? 0)),
      'kubernetes.canary_weights',
      'must rise',
    ),
    ...smokeProblems(smoke),
    ...problem(
      smoke?.mcp !== undefined && mcp?.transport !== 'streamable-http',
      'smoke_tests.mcp',
      'needs the section mcp with transport streamable-http',
    ),
    ...both.map((key) => ({ path: `secrets.${key}`, message: 'is in environment too' })),
  ];
}

function toDeployment({
  deployment,
  container,
  kubernetes,
  environment = {},
  secrets = {},
  mcp,
  smoke_tests: smoke,
}: DeploymentFile): Deployment {
  const { autoscaling, resources, probes, host: hostName } = kubernetes;
  return {
    name: deployment.name,
    version: deployment.version,
    gitUrl: deployment.github_url,
    language: deployment.repo_type,
    ...(deployment.commit === undefined ? {} : { commit: deployment.commit }),
    image: container.image,
    port: container.port,
    namespace: kubernetes.namespace,
    replicas: kubernetes.replicas ?? 2,
    requests: { cpu: resources?.requests?.cpu ?? '100m', memory: resources?.requests?.memory ?? '128Mi' },
    limits: { cpu: resources?.limits?.cpu ?? '500m', memory: resources?.limits?.memory ?? '512Mi' },
    ...(probes?.path === undefined ? {} : { healthPath: probes.path }),
    startupSeconds: Math.ceil(toMs(probes?.startup ?? '60s') / 1000),
    ...(autoscaling === undefined
      ? {}
      : {
          autoscaling: {
            minReplicas: autoscaling.min_replicas,
            maxReplicas: autoscaling.max_replicas,
            cpuPercent: autoscaling.cpu_percent ?? 75,
          },
        }),
    ...(hostName === undefined ? {} : { host: hostName }),
    entryPoints: kubernetes.entry_points ?? ['web'],
    canaryWeights: kubernetes.canary_weights ?? [5, 25, 50],
    environment: Object.fromEntries(Object.entries(environment).map(([key, one]) => [key, String(one)])),
    secrets,
    ...(mcp === undefined
      ? {}
      : { mcp: { transport: mcp.transport, path: mcp.path ?? '/mcp', scopes: mcp.scopes ?? [] } }),
    ...(smoke === undefined ? {} : { smoke: toSmokeTests(smoke, mcp?.path) }),
  };
}
