import { plural } from '../../domain/plural.ts';
import { bad, ok } from '../../domain/release/preflight-checks.ts';
import type { Check } from '../../domain/release/plan.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { differenceWords } from './difference-words.ts';
import type { ArmServices, Replay, SplitPort, TrafficRef } from '../../ports/split.ts';

const NAME = 'replay';

type Shown = Exclude<Replay, { error: string }>;

/** Asks the new version what users have asked blue, at every gateway. Every difference is a failed check. */
export async function replayCheck(
  split: Pick<SplitPort, 'replay'>,
  ref: TrafficRef,
  arms: ArmServices,
  changing: readonly string[],
): Promise<Check> {
  const replays = (await split.replay?.(ref, arms, changing)) ?? [];
  const failed = replays.find((one) => 'error' in one);
  if (failed)
    return bad(NAME, `${failed.replica}: ${cleanText(failed.error, 300)}`, 'Start the gateway, or leave replay out.');
  const shown = replays.filter((one): one is Shown => !('error' in one));
  const compared = shown.reduce((sum, one) => sum + one.compared, 0);
  if (compared === 0)
    return bad(
      NAME,
      'no gateway has kept a call of a reading tool that blue answers',
      'Set SLUICE_GATEWAY_RECORD at the gateways and wait for calls, or leave replay out.',
    );
  const differences = shown.flatMap((one) => one.differences);
  const calls = `${plural(compared, 'call')} of users compared`;
  if (differences.length === 0) return ok(NAME, `${calls}: the answers are those of blue`);
  return bad(
    NAME,
    `${calls}: ${differenceWords(differences)}`,
    'Correct the version, or name what may differ in replay.changing of the release file.',
  );
}
