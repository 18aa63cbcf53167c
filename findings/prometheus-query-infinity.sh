#!/usr/bin/env bash
# Finding: The client prometheus-query turns the sample values "+Inf" and "-Inf" into NaN, in instant and in range
#   queries. Prometheus answers +Inf for a ratio whose divisor is 0. A comparison with NaN is false, so a check of the
#   form "bad if value > limit" takes the worst value for a good one.
# Packages: prometheus-query 3.5.1 (npm)
# Needs: bash, Node 20 or newer, npm. It takes about 5 s.
# Seen:
#   +Inf: instant query NaN, range query NaN, "value > 0.5" is false
#   -Inf: instant query NaN, range query NaN, "value > 0.5" is false
#   NaN: instant query NaN, range query NaN, "value > 0.5" is false
#   2.5: instant query 2.5, range query 2.5, "value > 0.5" is true
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund prometheus-query@3.5.1

cat >main.mjs <<'JS'
import { createServer } from 'node:http';
import { PrometheusDriver } from 'prometheus-query';

// Answers in the documented format of the HTTP API of Prometheus; Prometheus writes these values in this way.
const values = ['+Inf', '-Inf', 'NaN', '2.5'];
const server = createServer((request, answer) => {
  const range = request.url.includes('query_range');
  const result = values.map((value) => {
    const metric = { value };
    return range ? { metric, values: [[1700000000, value]] } : { metric, value: [1700000000, value] };
  });
  answer.writeHead(200, { 'content-type': 'application/json' });
  answer.end(JSON.stringify({ status: 'success', data: { resultType: range ? 'matrix' : 'vector', result } }));
}).listen(0, '127.0.0.1');
await new Promise((done) => server.once('listening', done));
const driver = new PrometheusDriver({ endpoint: `http://127.0.0.1:${server.address().port}`, baseURL: '/api/v1' });
const instant = await driver.instantQuery('x');
const range = await driver.rangeQuery('x', new Date(1.7e12), new Date(1.7e12), 1);
for (const [i, value] of values.entries()) {
  const one = instant.result[i].value.value;
  const other = range.result[i].values[0].value;
  console.log(`${value}: instant query ${one}, range query ${other}, "value > 0.5" is ${one > 0.5}`);
}
process.exit(0);
JS

node main.mjs >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
