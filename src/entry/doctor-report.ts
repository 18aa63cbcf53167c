import type { Report } from '../cli/deps.ts';
import { toFailure } from '../contract/failure.ts';

/**
 * Runs a check. An error of the check becomes its finding. No finding takes longer than 5 s, because everything below
 * is bounded.
 */
export async function report(name: string, work: () => Promise<string | Report>): Promise<Report> {
  try {
    const found = await work();
    return typeof found === 'string' ? { name, state: 'ok', detail: found } : found;
  } catch (error) {
    const { message, next, code } = toFailure(error);
    return { name, state: 'missing', detail: code === 'INTERNAL' ? String(error).slice(0, 300) : message, next };
  }
}
