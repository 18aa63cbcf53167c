import type { Gate } from '../commands/gate.ts';
import { offeredToolsets } from '../commands/toolset.ts';
import { nearest } from '../contract/nearest.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import type { McpDeps } from './deps.ts';

/** The query parameter with which a caller selects toolsets: `/mcp?toolsets=release`. */
export const TOOLSETS_PARAMETER = 'toolsets';

/**
 * The gate of one caller: the server's, restricted to the toolsets in the address. Without the parameter it is the
 * server's own. Errors: UNKNOWN_NAME, INVALID_INPUT for a name that is unknown or not offered here, and for an empty
 * parameter.
 */
export function narrowed({ gate, toolsets }: Pick<McpDeps, 'gate' | 'toolsets'>, url: string | undefined): Gate {
  const asked = url === undefined ? [] : new URL(url, 'http://localhost').searchParams.getAll(TOOLSETS_PARAMETER);
  if (asked.length === 0) return gate;
  const offered = offeredToolsets(toolsets, gate).map(({ name }) => name);
  const names = asked.flatMap((part) => part.split(',')).map((name) => name.trim());
  const foreign = names.find((name) => !offered.includes(name));
  if (foreign !== undefined) {
    const known = toolsets.some(({ name }) => name === foreign);
    throw refusal(foreign, known, offered);
  }
  return { ...gate, toolsets: offered.filter((name) => names.includes(name)) };
}

function refusal(name: string, known: boolean, offered: readonly string[]): SluiceError {
  const here = `This server offers ${offered.join(', ')}.`;
  const next = `Connect with ?${TOOLSETS_PARAMETER}= and some of ${offered.join(',')}, or without it for all.`;
  const refused = (message: string) =>
    new SluiceError('INVALID_INPUT', `${TOOLSETS_PARAMETER}: ${message} ${here}`, { next });
  if (name === '') return refused('a name is missing.');
  if (known) return refused(`${name} is not offered here.`);
  const near = nearest(name, offered);
  return new SluiceError(
    'UNKNOWN_NAME',
    `${TOOLSETS_PARAMETER}: ${cleanText(name, 60)} is unknown${near ? `; did you mean ${near}?` : '.'} ${here}`,
    { next },
  );
}
