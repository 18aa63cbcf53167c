import { z } from 'zod';
import { deploymentFile, deploymentName, deploymentVersion } from '../../contract/deployment-file.ts';
import { dnsName } from '../../contract/target.ts';
import { LANGUAGES, MCP_TRANSPORTS } from '../../domain/onboarding/service.ts';

const folder = z.string().min(1).max(300);
const { host, replicas } = deploymentFile.shape.kubernetes.shape;

/** What a caller says about a repository that becomes a deployment. */
export const askedFields = {
  git_url: z.string().min(1).max(2_048).describe('Address of the Git repository.'),
  name: deploymentName.describe('Name of the deployment.'),
  version: deploymentVersion.describe('Version, which becomes the tag of the image.'),
  ref: z
    .string()
    .min(1)
    .max(250)
    .optional()
    .describe('Branch, tag or commit. Default: the tag of the version, otherwise the default branch.'),
  folder: folder.optional().describe('Folder of the service in the repository.'),
  language: z.enum(LANGUAGES).optional().describe('What builds it, if the source shows several.'),
  start: z.array(z.string().min(1).max(500)).min(1).max(50).optional().describe('Words of the start command.'),
  package: folder.optional().describe('Workspace, or Go main package.'),
  port: z.int().min(1).max(65_535).optional().describe('Port that the service listens on.'),
  transport: z.enum(MCP_TRANSPORTS).optional().describe('Transport of an MCP server.'),
  namespace: dnsName.optional().describe('Namespace. Default: the name.'),
  host: host.describe('Host of the IngressRoute. Absent: none is written.'),
  replicas: replicas.describe('Pods. Default 2.'),
  branch: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,150}$/)
    .optional()
    .describe('Branch of the commit. Default: <name>-<version>.'),
};
export const askedInput = z.strictObject(askedFields);
export type AskedInput = z.output<typeof askedInput>;
