import type { SettingDefinitions } from '../contract/setting.ts';
import type { Command } from './command.ts';
import { isSwitchedOn } from './switched.ts';
import type { DoctorChecks } from './doctor-check.ts';
import type { PromptKind } from './prompt.ts';
import type { ResourceKind } from './resource.ts';

/** The access of a toolset to one resource of a cluster. */
export interface Right {
  /** The ClusterRole of deploy/rbac.yaml that grants it. */
  readonly role:
    | 'sluice-reader'
    | 'sluice-writer'
    | 'sluice-updates'
    | 'sluice-kubernetes-reader'
    | 'sluice-kubernetes-writer'
    | 'sluice-helm-reader'
    | 'sluice-helm-writer'
    | 'sluice-flux-reader'
    | 'sluice-flux-writer';
  /** Empty for the core API. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verbs: readonly string[];
  /** The tools that need it. Absent: every tool of the toolset. */
  readonly tools?: readonly string[];
  /** The resource has no namespace. */
  readonly clusterScoped?: true;
  /** For the namespace of the Traefik pods, and only with SLUICE_TRAEFIK_API_PODS. */
  readonly proxies?: true;
}

/** A group of tools with everything that belongs to them. Only the list in src/toolsets/index.ts names it. */
export interface Toolset {
  /** In lower case, with hyphens. Its tools' names begin with it, with underscores, or with their own `prefix`. */
  readonly name: string;
  /** Its word on the command line; default: its name. */
  readonly group?: string;
  /** Another word for it on the command line. */
  readonly alias?: string;
  /**
   * Its tools are not in the list of an MCP client that names no toolsets, because each listed tool is in each agent's
   * context. They can be found, added and called.
   */
  readonly onRequest?: true;
  /**
   * One sentence. It describes the group in the CLI, the tag in the OpenAPI document, and the chapter of the
   * documentation.
   */
  readonly about: string;
  /** What an agent must know to use the tools well. It becomes a part of the MCP instructions. */
  readonly guidance: string;
  /** Its commands, in the order in which interfaces list them. */
  readonly commands: readonly Command[];
  /** Further commands, each of which exists only with its setting (`onlyWith`). */
  readonly switched?: readonly Command[];
  /** Commands of the terminal only, because they last until they are interrupted. */
  readonly terminal?: readonly Command[];
  readonly rights: readonly Right[];
  readonly resources: readonly ResourceKind[];
  readonly prompts: readonly PromptKind[];
  /** Checks of `sluice doctor` for these tools. */
  readonly checks: DoctorChecks;
  /** The settings that only these tools read; src/toolsets/settings.ts has a line for them. */
  readonly settings: SettingDefinitions;
}

/** Every command of the toolsets, in order. */
export function commandsOf(toolsets: readonly Toolset[]): readonly Command[] {
  return toolsets.flatMap(({ commands }) => commands);
}

/** The toolsets with the commands that the settings switch on. */
export function switchedToolsets(toolsets: readonly Toolset[], settings: object): readonly Toolset[] {
  return toolsets.map((toolset) => {
    const more = (toolset.switched ?? []).filter((command) => isSwitchedOn(command, settings));
    return more.length > 0 ? { ...toolset, commands: [...toolset.commands, ...more] } : toolset;
  });
}

/** The toolsets that a gate allows. */
export function offeredToolsets<T extends { readonly name: string }>(
  toolsets: readonly T[],
  gate: { readonly toolsets: readonly string[] },
): readonly T[] {
  return gate.toolsets.length === 0 ? toolsets : toolsets.filter(({ name }) => gate.toolsets.includes(name));
}

/**
 * The toolsets in the list of an MCP client that names none: those of the settings, else those that are not on request.
 */
export function toolsetsByDefault(
  toolsets: readonly Toolset[],
  gate: { readonly toolsets: readonly string[] },
): readonly Toolset[] {
  const named = gate.toolsets.length > 0;
  return offeredToolsets(toolsets, gate).filter(({ onRequest }) => named || onRequest !== true);
}
