import { expect, test } from '@jest/globals';
import { ruleProblem } from '../../../src/domain/windows/rule.ts';

test.each([
  'FREQ=DAILY',
  'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH;WKST=SU',
  'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20271231T000000',
  'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
  'FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=12',
  'FREQ=YEARLY;BYMONTH=11;BYDAY=4TH',
  'FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=30',
])('%s is taken', (rule) => {
  expect(ruleProblem(rule)).toBeUndefined();
});

test.each([
  ['', /does? not know|has a part/],
  ['BYDAY=MO', /has no FREQ/],
  ['FREQ=HOURLY', /wrong value for FREQ/],
  ['FREQ=DAILY;FOO=1', /has a part that windows do not know; the parts are FREQ,/],
  ['FREQ=DAILY;BYHOUR=9', /has a part that windows do not know/],
  ['RRULE:FREQ=DAILY', /has a part that windows do not know/],
  ['FREQ=DAILY;FREQ=WEEKLY', /names FREQ twice/],
  ['FREQ=DAILY;INTERVAL=0', /wrong value for INTERVAL/],
  ['FREQ=DAILY;UNTIL=20271231T000000Z', /wrong value for UNTIL/],
  ['FREQ=WEEKLY;BYDAY=XX', /wrong value for BYDAY/],
  ['FREQ=WEEKLY;BYDAY=1MO', /numbers days in BYDAY/],
  ['FREQ=WEEKLY;BYMONTHDAY=1', /which WEEKLY does not take/],
  ['FREQ=MONTHLY;BYMONTHDAY=32', /wrong value for BYMONTHDAY/],
  ['FREQ=DAILY;COUNT=3;UNTIL=20271231', /one of them ends it/],
  ['FREQ=DAILY;BYSETPOS=1', /without days or months/],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', /would never occur/],
  ['FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=-31,31', /would never occur/],
  ['FREQ=DAILY;constructor=1', /has a part that windows do not know/],
])('%j is refused', (rule, problem) => {
  expect(ruleProblem(rule)).toMatch(problem);
});
