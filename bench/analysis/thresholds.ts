import { Window, type Rule } from './rule.ts';

/** A check each minute over a window of five. */
const SCRAPES_PER_MINUTE = 4;
const WINDOW = 5 * SCRAPES_PER_MINUTE;

/**
 * Argo Rollouts: each measurement is compared with fixed limits. More than failureLimit failures fail the run. Source:
 * argo-rollouts v1.10.1, analysis/analysis.go and docs/features/analysis.md (successCondition `result[0] >= 0.95`,
 * failureLimit 3). An empty result is an Error there. The fifth consecutive Error ends the run as Error, which aborts
 * the Rollout.
 */
export const argo: Rule = {
  name: 'Argo Rollouts',
  source:
    'interval 1m, window 5m, success ratio >= 0.95 and share of slow answers <= 0.10, failureLimit 3, consecutiveErrorLimit 4',
  watch() {
    const window = new Window(WINDOW);
    let [failures, errors] = [0, 0];
    return {
      see(scrape, index) {
        window.add(scrape);
        if ((index + 1) % SCRAPES_PER_MINUTE !== 0) return undefined;
        const [bad, slow] = [window.share('errors', 'candidate'), window.share('slow', 'candidate')];
        if (bad === undefined || slow === undefined) return (errors += 1) > 4 ? 'fail' : undefined;
        errors = 0;
        if (bad > 0.05 || slow > 0.1) failures += 1;
        return failures > 3 ? 'fail' : undefined;
      },
      end: () => 'pass',
    };
  },
};

/**
 * Flagger: one check for each interval. A failed check, or one without values, increases failedChecks, and a success
 * does not decrease it. At `threshold` it rolls back. Source: flagger, pkg/controller/scheduler.go and docs (threshold
 * 5, request-success-rate min 99, request-duration by percentile).
 */
export const flagger = (least: 0.99 | 0.95): Rule => ({
  name: `Flagger at ${100 * least} %`,
  source: `interval 1m, window 1m, success ratio >= ${least}${least === 0.99 ? ' (its documentation)' : ' (for who knows that stable has 2 % errors)'} and share of slow answers <= 0.10, threshold 5; no values is a failed check`,
  watch() {
    const window = new Window(SCRAPES_PER_MINUTE);
    let failed = 0;
    return {
      see(scrape, index) {
        window.add(scrape);
        if ((index + 1) % SCRAPES_PER_MINUTE !== 0) return undefined;
        const [bad, slow] = [window.share('errors', 'candidate'), window.share('slow', 'candidate')];
        if (bad === undefined || slow === undefined || 1 - bad < least || slow > 0.1) failed += 1;
        return failed >= 5 ? 'fail' : undefined;
      },
      end: () => 'pass',
    };
  },
});
