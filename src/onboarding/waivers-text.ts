import { parseDocument } from 'yaml';
import { parseWaivers } from '../contract/waivers-file.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import type { Waiver } from '../domain/delivery/waivers.ts';
import { yamlFault } from './yaml-fault.ts';

/** The waivers of a deployment. Without a file there are none. Errors: WAIVERS_INVALID. */
export function readWaivers(text: string | undefined): readonly Waiver[] {
  if (text === undefined) return [];
  const document = parseDocument(text, { uniqueKeys: true, merge: false });
  const [error] = document.errors;
  if (error) throw invalid(yamlFault(error));
  try {
    return parseWaivers(document.toJS({ maxAliasCount: 0 }));
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause));
  }
}

function invalid(why: string): SluiceError {
  return new SluiceError('WAIVERS_INVALID', `waivers.yaml: ${cleanText(why, 1_000)}`);
}
