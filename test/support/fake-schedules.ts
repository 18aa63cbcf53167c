import { SluiceError } from '../../src/domain/errors.ts';
import { scheduleId, type ReleaseSchedule } from '../../src/domain/release/schedule.ts';
import { releaseId } from '../../src/domain/release/target.ts';
import type { NewSchedule, Schedules } from '../../src/temporal/schedules.ts';

export interface FakeSchedules extends Schedules {
  readonly known: Map<string, ReleaseSchedule>;
  readonly created: NewSchedule[];
  readonly triggered: string[];
}

/** Schedules that never start anything. */
export function createFakeSchedules(): FakeSchedules {
  const known = new Map<string, ReleaseSchedule>();
  const find = (release: string): ReleaseSchedule => {
    const found = known.get(release);
    if (!found) throw new SluiceError('SCHEDULE_NOT_FOUND', `There is no schedule for ${release}.`);
    return found;
  };
  const change = async (release: string, changes: Partial<ReleaseSchedule>): Promise<ReleaseSchedule> => {
    known.set(release, { ...find(release), ...changes });
    return find(release);
  };
  const fake: FakeSchedules = {
    known,
    created: [],
    triggered: [],
    async create(schedule) {
      const { spec, when, note } = schedule;
      const release = releaseId(spec.target);
      fake.created.push(schedule);
      const { cron, everyMs, timeZone } = when;
      known.set(release, {
        ...{ id: scheduleId(spec.target), releaseId: release, image: spec.image, when: cron ?? `every ${everyMs}` },
        ...{ timeZone, paused: false, ...(note !== undefined && { note }) },
      });
      return find(release);
    },
    list: async () => [...known.values()],
    pause: (release, note) => change(release, { paused: true, note }),
    unpause: (release, note) => change(release, { paused: false, note }),
    trigger: (release) => (fake.triggered.push(release), change(release, {})),
    remove: async (release) => void known.delete(find(release).releaseId),
  };
  return fake;
}
