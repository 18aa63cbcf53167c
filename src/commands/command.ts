import type { z } from 'zod';
import type { ReleaseDefaults } from '../contract/release-spec.ts';
import type { Caller } from '../domain/access/caller.ts';
import type { Touched } from '../domain/access/decide.ts';
import type { ImpersonationRule } from '../domain/access/impersonation.ts';
import type { Permission } from '../domain/access/permission.ts';
import type { AccessRules } from '../domain/access/rules.ts';
import type { CommandTask } from './command-task.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Preflight, ReleaseSpec } from '../domain/release/plan.ts';
import type { ContractsPort } from '../ports/contract-reader.ts';
import type { JournalPort } from '../ports/journal.ts';
import type { ToolPorts } from '../ports/index.ts';
import type { ImageBuilderPort } from '../ports/image-builder.ts';
import type { ImageContentPort } from '../ports/image-content.ts';
import type { BridgeBundlePort } from '../ports/bridge-bundle.ts';
import type { ImageRunnerPort } from '../ports/image-runner.ts';
import type { ImageScannersPort } from '../ports/image-scanners.ts';
import type { ImageRegistryPort } from '../ports/image-registry.ts';
import type { PackageVersionsPort } from '../ports/package-versions.ts';
import type { ProgramsPort } from '../ports/programs.ts';
import type { DeploymentsPort } from '../ports/deployments.ts';
import type { PlansPort } from '../ports/plans.ts';
import type { ServerGatewaysPort } from '../ports/server-gateways.ts';
import type { ServersPort } from '../ports/server-registry.ts';
import type { SignerPort } from '../ports/signer.ts';
import type { SourceRepositoriesPort } from '../ports/source-repositories.ts';
import type { NewsStatesPort } from '../ports/news.ts';
import type { WindowsPort } from '../ports/windows.ts';
import type { Worlds } from '../ports/world.ts';
import type { ReleaseGateway } from '../temporal/gateway.ts';

/** `destructive`: it may end or skip something that cannot be restored. */
export type Kind = 'read' | 'write' | 'destructive';

/** The kubeconfig's contexts. Errors: CLUSTER_UNKNOWN. */
export interface ClusterNames {
  current(): Promise<string>;
  /** All contexts, in the file's order. */
  all(): Promise<readonly string[]>;
  /** Every context that is known to lead to the same cluster, beginning with the given one. */
  same(context: string): Promise<readonly string[]>;
}

/** The settings that several toolsets read. A toolset reads its own with `valuesOf` (src/contract/setting.ts). */
export interface CommandSettings extends ReleaseDefaults {
  /** Namespaces in which tools may read and write. If empty, all. */
  readonly allowedNamespaces: readonly string[];
  /** The rules about callers. If absent, there are none. */
  readonly access?: AccessRules;
  /** How callers are named in Kubernetes. If absent, every request is that of this process. */
  readonly impersonate?: readonly ImpersonationRule[];
  /** Address of the HTTP server, for links that a person can open. */
  readonly host: string;
  /** Where clients reach it, if that is another address. */
  readonly publicUrl?: string | undefined;
  readonly mcpPort: number;
}

/** What turns a repository into a deployment. */
export interface DeliveryPorts {
  readonly sources: SourceRepositoriesPort;
  readonly deployments: DeploymentsPort;
  readonly builder: ImageBuilderPort;
  readonly registry: ImageRegistryPort;
  readonly content: ImageContentPort;
  readonly scanners: ImageScannersPort;
  readonly runner: ImageRunnerPort;
  readonly bridge: BridgeBundlePort;
  readonly signer: SignerPort;
}

/** Everything that a command may use. Each part is opened when it is needed. */
export interface CommandContext {
  readonly gateway: ReleaseGateway;
  readonly ports: ToolPorts;
  /** The worlds of the clusters, with their evidence. */
  readonly worlds: Worlds;
  /** The record of releases, including those that Temporal has deleted. */
  readonly journal: JournalPort;
  /** The plans of releases that can still be started. */
  readonly plans: PlansPort;
  /** The versions of MCP servers. */
  readonly servers: ServersPort;
  /** What their gateways have in force. */
  readonly serverGateways: ServerGatewaysPort;
  /** What those versions offer. */
  readonly contracts: ContractsPort;
  /** The versions that ranges of packages mean. */
  readonly packages: PackageVersionsPort;
  /** The programs of this machine. */
  readonly programs: ProgramsPort;
  /** Repositories with the source of services, the repository with their deployments, and their images. */
  readonly delivery: DeliveryPorts;
  /** Reads everything that a release depends on. It is bound to the ports. */
  readonly preflight: (spec: ReleaseSpec) => Promise<Preflight>;
  readonly clusters: ClusterNames;
  /** The periods in which releases may act. */
  readonly windows: WindowsPort;
  /** Who is told about releases and deliveries. */
  readonly news: NewsStatesPort;
  readonly settings: CommandSettings;
  readonly caller: Caller;
  /** The interface offers no writes. Queries from the caller are then not sent either. Default: false. */
  readonly readOnly?: boolean;
  readonly signal: AbortSignal;
  readonly progress: (message: string, fraction?: number) => Promise<void>;
  /** Takes the lines of a stream as they come. If absent, they are reported as progress. */
  readonly lines?: (text: string) => Promise<void>;
}

/** The part of the context that belongs to the process, not to one call. */
export type CommandServices = Omit<CommandContext, 'caller' | 'readOnly' | 'signal' | 'progress' | 'lines'>;

/**
 * A confirmation that is needed before the command acts: the argument `confirm` has to equal `value`, which names the
 * object.
 */
export interface Confirmation {
  readonly value: string;
  readonly question: string;
}

export interface Example<I> {
  readonly title: string;
  readonly input: I;
}

/** One use case. MCP tools, CLI commands, documentation and tests are generated from it. */
export interface Command<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: Kind;
  /** Repeating the call with the same arguments has no further effect. */
  readonly idempotent: boolean;
  /** The name of its toolset. */
  readonly toolset: string;
  /** The beginning of its name. If absent, the name of its toolset, with underscores. */
  readonly prefix?: string;
  /** It exists only with this setting. `key`: the name under which code reads it. */
  readonly onlyWith?: { readonly key: string; readonly env: string };
  readonly input: I;
  readonly output: O;
  /**
   * The fields that the list for agents shows. If absent, all. Other fields are accepted and returned nevertheless. The
   * documentation, the CLI and the OpenAPI document have all of them.
   */
  readonly listed?: { readonly input?: readonly string[]; readonly output?: readonly string[] };
  /** The fields that are arguments of the command line, in order. If absent, its object is (src/cli/subject.ts). */
  readonly positional?: readonly string[];
  /** The name of a file with the input, e.g. `release file`. */
  readonly document?: string;
  readonly examples: readonly Example<z.input<I>>[];
  /** Checks raw arguments. Throws INVALID_INPUT or UNKNOWN_NAME. */
  check(raw: unknown, settings: CommandSettings): z.output<I>;
  /** If absent, `read` for a command that reads, and `operate` for any other. */
  readonly needs?: Permission;
  /**
   * The objects of clusters that the call touches. If absent, those that its fields name (src/commands/access.ts). An
   * empty list: none, so the allow list of namespaces does not concern the call.
   */
  touches?(context: CommandContext, input: z.output<I>): Promise<readonly Touched[]>;
  /** Undefined if this input needs no confirmation. */
  confirmation?(context: CommandContext, input: z.output<I>): Promise<Confirmation | undefined>;
  run(context: CommandContext, input: z.output<I>): Promise<z.output<O>>;
  /** The catalogue's error code when the answer itself reports a failure. It decides the exit code of the CLI. */
  problem?(output: z.output<O>): ErrorCode | undefined;
  /** For long work: clients that follow tasks get a handle instead of an answer. */
  readonly task?: CommandTask;
  /** The exit code of the CLI, if it is not the one of `problem`: that of a program which the command ran. */
  exit?(output: z.output<O>): number;
  /** The result in a few lines. It contains only facts from `output`. */
  text(output: z.output<O>): string;
  /** What is left to say of an answer whose lines were shown as they came. If absent: `text`. */
  ending?(output: z.output<O>): string;
}

/** The beginning of a command's name. */
export function prefixOf({
  toolset,
  prefix = toolset.replaceAll('-', '_'),
}: Pick<Command, 'toolset' | 'prefix'>): string {
  return prefix;
}

/** The name of a command without its beginning: `get_rollout_status`. */
export function verbOf(command: Pick<Command, 'name' | 'toolset' | 'prefix'>): string {
  return command.name.slice(prefixOf(command).length + 1);
}

/** `touches` of a command that concerns no object of a cluster, for example only files or the kinds of the cluster. */
export const touchesNothing = async (): Promise<readonly []> => [];

/** MCP annotations; hints for clients, enforced elsewhere. */
export function annotations(command: Command): {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
} {
  return {
    readOnlyHint: command.kind === 'read',
    destructiveHint: command.kind === 'destructive',
    idempotentHint: command.kind === 'read' || command.idempotent,
    openWorldHint: false,
  };
}
