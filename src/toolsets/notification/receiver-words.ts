import { plural } from '../../domain/plural.ts';
import type { KnownReceiver } from '../../ports/news.ts';

/** `ok`: messages arrive, or none was due yet. */
export function receiverWords({ state }: KnownReceiver): { readonly ok: boolean; readonly text: string } {
  if (!state) return { ok: false, text: 'no worker with this receiver in its settings has run yet' };
  const { gone, tries, nextAt, problem = '', deliveredAt, dead } = state;
  if (gone) return { ok: false, text: `stopped: the receiver wants no more messages (${problem})` };
  const lost = dead === 0 ? '' : `, ${plural(dead, 'message')} given up`;
  if (tries > 0) {
    const next = new Date(nextAt).toISOString();
    return {
      ok: false,
      text: `waits after ${plural(tries, 'failed try', 'failed tries')}, next ${next}: ${problem}${lost}`,
    };
  }
  const last =
    deliveredAt === undefined ? 'nothing was due yet' : `last delivery ${new Date(deliveredAt).toISOString()}`;
  return { ok: dead === 0, text: `${last}${lost}${dead === 0 || problem === '' ? '' : `: ${problem}`}` };
}
