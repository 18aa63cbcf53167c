import type { Change } from './changes.ts';

const GOOD = 0.02;
const BAD = 0.06;
/** Errors that come from one pod of four: 18 % there, 6 % overall. */
const PODS = 4;
const IN_ONE_POD = GOOD + PODS * (BAD - GOOD);
const RAMP_MINUTES = 10;

const PLACES = [
  { requestsPerSecond: 10, share: 0.5 },
  { requestsPerSecond: 100, share: 0.05 },
  { requestsPerSecond: 100, share: 0.25 },
  { requestsPerSecond: 100, share: 0.5 },
  { requestsPerSecond: 1000, share: 0.05 },
] as const;
type Place = (typeof PLACES)[number];

const always = (value: number) => () => value;
const turning = (minutes: number) => (minute: number) => (minute < minutes ? GOOD : BAD);

function after({ requestsPerSecond, share }: Place, minutes: number): Change {
  return {
    name: minutes === 0 ? FROM_START : `worse after ${minutes} min`,
    requestsPerSecond,
    minutes,
    share: always(share),
    candidate: turning(minutes),
    stable: GOOD,
  };
}

/** The version that the others are compared with. */
export const FROM_START = 'worse from the start';

const pods = ({ requestsPerSecond, share }: Place): Change => ({
  name: 'worse in one pod of four after 10 min',
  requestsPerSecond,
  minutes: 10,
  share: always(share),
  candidate: (minute) => (minute < 10 ? GOOD : (IN_ONE_POD + (PODS - 1) * GOOD) / PODS),
  stable: GOOD,
});

/** Its badness counts from the minute at which it crosses the margin. */
const ramp = ({ requestsPerSecond, share }: Place): Change => ({
  name: `ramping up to 10 % within ${RAMP_MINUTES} min`,
  requestsPerSecond,
  minutes: 10 + (RAMP_MINUTES * 0.01) / 0.08,
  share: always(share),
  candidate: (minute) => GOOD + 0.08 * Math.min(1, Math.max(0, (minute - 10) / RAMP_MINUTES)),
  stable: GOOD,
});

const underLoad = (requestsPerSecond: number): Change => ({
  name: 'good at 25 %, worse at 50 %',
  requestsPerSecond,
  minutes: 10,
  share: (minute) => (minute < 10 ? 0.25 : 0.5),
  candidate: turning(10),
  stable: GOOD,
});

/** `long`: includes the cells of ten hours. */
export function changeCells(long: boolean): readonly Change[] {
  const minutes = long ? [0, 1, 10, 60, 600] : [0, 1, 10, 60];
  return [
    ...PLACES.flatMap((place) => minutes.map((turn) => after(place, turn))),
    ...PLACES.flatMap((place) => [pods(place), ramp(place)]),
    ...[10, 100].map(underLoad),
  ];
}

/** 45,000 good requests at weight 25, then 6 % errors, compared with 1 %. */
export const AFTER_HALF_AN_HOUR: Change = {
  name: '1 %, then 6 % after 45,000 requests',
  requestsPerSecond: 100,
  minutes: 30,
  share: always(0.25),
  candidate: (minute) => (minute < 30 ? 0.01 : 0.06),
  stable: 0.01,
};

/** All traffic is on the new version. It has 5 % errors, stable had none. */
export const ALONE: Change = {
  name: '5 % at weight 100, where stable had none',
  requestsPerSecond: 100,
  minutes: 10,
  share: (minute) => (minute < 10 ? 0.5 : 1),
  candidate: (minute) => (minute < 10 ? 0 : 0.05),
  stable: 0,
};
