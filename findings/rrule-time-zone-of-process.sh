#!/usr/bin/env bash
# Finding: rrule, the most used npm package for recurrence rules, computes a rule with TZID wrongly unless the process
#   itself runs in UTC. The same rule gives other instants under each value of TZ.
# Packages: rrule 2.8.1 (npm)
# Needs: bash, Node 20 or newer, npm. It takes about 5 s.
# Seen:
#   TZ=UTC: 2026-01-05T08:00:00.000Z
#   TZ=Europe/Berlin: 2026-01-05T09:00:00.000Z
#   TZ=America/New_York: 2026-01-05T03:00:00.000Z
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund rrule@2.8.1

cat >main.mjs <<'JS'
import rrule from 'rrule';

const rule = rrule.rrulestr('DTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:FREQ=DAILY;COUNT=1');
console.log(`TZ=${process.env.TZ}: ${rule.all()[0].toISOString()}`);
JS

for zone in UTC Europe/Berlin America/New_York; do TZ=$zone node main.mjs; done >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
