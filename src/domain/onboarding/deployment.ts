import type { SmokeTests } from '../delivery/smoke.ts';
import type { Language, McpTransport } from './service.ts';

/** Values of one kind for each size: `cpu` and `memory` as Kubernetes quantities. */
export interface Quantities {
  readonly cpu: string;
  readonly memory: string;
}

/** An entry of a Secret that becomes an environment variable. Its value is never in a file of a deployment. */
export interface SecretEntry {
  readonly secret: string;
  readonly key: string;
}

/** What deployment.yaml says: everything that the files of a deployment are made of. */
export interface Deployment {
  readonly name: string;
  readonly version: string;
  readonly gitUrl: string;
  readonly language: Language;
  /** The full id of the commit in `source/`. Absent in a file that was written by hand. */
  readonly commit?: string;
  /** With a tag or a digest. */
  readonly image: string;
  readonly port: number;
  readonly namespace: string;
  readonly replicas: number;
  readonly requests: Quantities;
  readonly limits: Quantities;
  /** The path of the probes. Absent: they only open the port. */
  readonly healthPath?: string;
  /** Seconds until the first start counts as failed. */
  readonly startupSeconds: number;
  readonly autoscaling?: { readonly minReplicas: number; readonly maxReplicas: number; readonly cpuPercent: number };
  /** Host of the IngressRoute. Absent: the service is reached inside the cluster only. */
  readonly host?: string;
  readonly entryPoints: readonly string[];
  /** Weights of the new version in percent. A release judges each one. */
  readonly canaryWeights: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretEntry>>;
  readonly mcp?: { readonly transport: McpTransport; readonly path: string; readonly scopes: readonly string[] };
  /** They run before users get a version. */
  readonly smoke?: SmokeTests;
}
