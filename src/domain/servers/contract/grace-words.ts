import { toDuration } from '../../duration-text.ts';
import { GRACE_MS } from '../../gateway/stand-in.ts';

/**
 * How long clients may still call what only the former version has, as a clause without a full stop. `when`: from when
 * on, as in `after the promotion`. `graceMs`: of the new version.
 */
export function graceWords(former: string, graceMs: number | undefined, when: string): string {
  const time = graceMs ?? GRACE_MS;
  return time === 0
    ? `Names that only ${former} has cannot be called any more ${when}`
    : `Names that only ${former} has stay callable for ${toDuration(time)} ${when}`;
}
