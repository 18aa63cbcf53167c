import { CATALOGUE } from '../toolsets/index.ts';
import { terminalWords } from './terminal-words.ts';

/** A description for agents as the help of the command line says it: commands instead of tools, --yes for confirm. */
export function helpWords(description: string): string {
  return terminalWords(description, CATALOGUE)
    .replaceAll(/\bNeeds confirm\b/g, 'Asks first; --yes answers')
    .replaceAll(/\bneeds? confirm\b/g, 'asks first');
}
