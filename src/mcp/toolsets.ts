import { nearest } from '../contract/nearest.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import { TOOLSETS, type Toolset } from '../domain/toolset.ts';
import type { Gate } from '../commands/gate.ts';

/** The name of the query parameter with which a caller narrows what it is offered: `/mcp?toolsets=argo,traefik`. */
export const TOOLSETS_PARAMETER = 'toolsets';

/** What the server offers at all. */
export function toolsetsOf({ toolsets }: Gate): readonly Toolset[] {
  return toolsets.length > 0 ? TOOLSETS.filter((name) => toolsets.includes(name)) : TOOLSETS;
}

/**
 * The gate of one caller: the server's, narrowed to the sets that the address asks for. No parameter: the server's own.
 * Errors: UNKNOWN_NAME, INVALID_INPUT for a name that is unknown or not offered here, and for no name at all.
 */
export function narrowed(gate: Gate, url: string | undefined): Gate {
  const asked = url === undefined ? [] : new URL(url, 'http://localhost').searchParams.getAll(TOOLSETS_PARAMETER);
  if (asked.length === 0) return gate;
  const offered = toolsetsOf(gate);
  const names = asked.flatMap((part) => part.split(',')).map((name) => name.trim());
  const foreign = names.find((name) => !offered.includes(name as Toolset));
  if (foreign !== undefined) throw refusal(foreign, offered);
  return { ...gate, toolsets: offered.filter((name) => names.includes(name)) };
}

function refusal(name: string, offered: readonly Toolset[]): SluiceError {
  const known = `This server offers ${offered.join(', ')}.`;
  const next = `Connect with ?${TOOLSETS_PARAMETER}= and some of ${offered.join(',')}, or without it for all.`;
  if (name === '')
    return new SluiceError('INVALID_INPUT', `${TOOLSETS_PARAMETER}: a name is missing. ${known}`, { next });
  if (TOOLSETS.includes(name as Toolset))
    return new SluiceError('INVALID_INPUT', `${TOOLSETS_PARAMETER}: ${name} is not offered here. ${known}`, { next });
  const near = nearest(name, offered);
  return new SluiceError(
    'UNKNOWN_NAME',
    `${TOOLSETS_PARAMETER}: ${cleanText(name, 60)} is unknown${near ? `; did you mean ${near}?` : '.'} ${known}`,
    { next },
  );
}
