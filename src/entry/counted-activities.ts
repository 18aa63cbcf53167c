import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { CancelledFailure } from '@temporalio/common';
import type { ActivityEnd } from '../observability/metrics.ts';

/** Counts each attempt of an activity, and how it ends. `begin` returns the function that is called at the end. */
export function countedActivities(
  begin: (activity: string) => (end: ActivityEnd) => void,
): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const ended = begin(info.activityType);
        try {
          const result = await next(input);
          ended('ok');
          return result;
        } catch (error) {
          ended(error instanceof CancelledFailure ? 'cancelled' : 'failed');
          throw error;
        }
      },
    },
  });
}
