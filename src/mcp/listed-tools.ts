import type { Tool } from '@modelcontextprotocol/server';
import { mayCall } from '../commands/access.ts';
import type { CommandContext } from '../commands/command.ts';
import type { Offer } from './offer.ts';
import { TOOLSETS_PARAMETER } from './toolsets.ts';

/** The toolsets in the list of one connection. The list grows if the connection is kept. */
export class ListedTools {
  /** Whether the connection is kept, so that a change of the list lasts. */
  readonly keeps: boolean;
  readonly #offer: Offer;
  readonly #names: Set<string>;
  readonly #changed: () => void;

  /** `changed` tells the client that the list has changed. */
  constructor(offer: Offer, { keeps, changed }: { readonly keeps: boolean; readonly changed: () => void }) {
    this.#offer = offer;
    this.keeps = keeps;
    this.#names = new Set(offer.listed);
    this.#changed = changed;
  }

  /** The names of all toolsets that the caller may use. */
  get known(): readonly string[] {
    return this.#offer.toolsets.map(({ name }) => name);
  }

  has(toolset: string): boolean {
    return this.#names.has(toolset);
  }

  /** The tools of these toolsets that the caller may call. */
  tools({ caller, settings }: Pick<CommandContext, 'caller' | 'settings'>): readonly Tool[] {
    return this.#offer.tools
      .filter(({ command }) => this.has(command.toolset) && mayCall(command, caller, settings))
      .map(({ tool }) => tool);
  }

  /** Adds toolsets. Returns what is new, and what an agent must know of it. */
  add(toolsets: readonly string[]): { added: string[]; listed: string[]; guidance: string } {
    const fresh = toolsets.filter((name) => !this.has(name));
    for (const name of fresh) this.#names.add(name);
    if (fresh.length > 0) this.#changed();
    return {
      added: this.#offer.tools.flatMap(({ command: { name, toolset } }) => (fresh.includes(toolset) ? [name] : [])),
      listed: this.known.filter((name) => this.has(name)),
      guidance: this.#offer.toolsets
        .flatMap(({ name, guidance }) => (fresh.includes(name) ? [guidance] : []))
        .join('\n'),
    };
  }

  /** The end of the address that lists these toolsets too. */
  addressWith(toolsets: readonly string[]): string {
    const names = this.known.filter((name) => this.has(name) || toolsets.includes(name));
    return `/mcp?${TOOLSETS_PARAMETER}=${names.join(',')}`;
  }
}
