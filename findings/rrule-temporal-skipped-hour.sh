#!/usr/bin/env bash
# Finding: rrule-temporal leaves out an occurrence whose local time the clocks skip, as RFC 5545 says. A daily rule
#   therefore has no occurrence on that day. It takes parts of a rule that do not exist, and hours that do not exist.
# Packages: rrule-temporal 2.2.8 (npm)
# Needs: bash, Node 20 or newer, npm. It takes about 5 s.
# Seen:
#   daily at 02:30 in Berlin: 28, 30, 31 March 2026
#   FREQ=DAILY;FOO=1: accepted
#   FREQ=DAILY;BYHOUR=25: accepted
#   FREQ=MONTHLY;BYMONTHDAY=32: accepted
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund rrule-temporal@2.2.8

cat >main.mjs <<'JS'
import { RRuleTemporal } from 'rrule-temporal';

const rule = (start, text) => new RRuleTemporal({ rruleString: `DTSTART${start}\nRRULE:${text}` });
const daily = rule(';TZID=Europe/Berlin:20260328T023000', 'FREQ=DAILY;COUNT=3').all();
console.log(`daily at 02:30 in Berlin: ${daily.map(({ day }) => day).join(', ')} March 2026`);
for (const text of ['FREQ=DAILY;FOO=1', 'FREQ=DAILY;BYHOUR=25', 'FREQ=MONTHLY;BYMONTHDAY=32']) {
  rule(':20260105T090000Z', text);
  console.log(`${text}: accepted`);
}
JS

node main.mjs >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
