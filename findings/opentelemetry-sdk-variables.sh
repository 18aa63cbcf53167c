#!/usr/bin/env bash
# Finding: The tracer provider of OpenTelemetry JS 3 does not read OTEL_TRACES_SAMPLER. With always_off it records every
#   span. The one of version 2 reads the variable. In version 3 only @opentelemetry/sdk-node reads it, and the variables
#   OTEL_BSP_* and the limits. A program that makes its own provider loses them with the upgrade, without a message.
# Packages: @opentelemetry/sdk-trace 3.1.1, @opentelemetry/sdk-trace-base 2.12.1, @opentelemetry/api 1.10.0 and 1.9.1 (npm)
# Needs: bash, Node 22.15 or newer, npm. It takes about 10 s.
# Seen:
#   version 3.1.1 records: true
#   version 2.12.1 records: false
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OTEL_TRACES_SAMPLER=always_off

mkdir "$work/three" && cd "$work/three"
echo '{ "type": "module" }' >package.json
npm install --silent --no-audit --no-fund @opentelemetry/api@1.10.0 @opentelemetry/sdk-trace@3.1.1
cat >look.js <<'JS'
import { TracerProvider } from '@opentelemetry/sdk-trace';

console.log(`version 3.1.1 records: ${new TracerProvider().getTracer('one').startSpan('one').isRecording()}`);
JS

mkdir "$work/two" && cd "$work/two"
echo '{ "type": "module" }' >package.json
npm install --silent --no-audit --no-fund @opentelemetry/api@1.9.1 @opentelemetry/sdk-trace-base@2.12.1
cat >look.js <<'JS'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';

console.log(`version 2.12.1 records: ${new BasicTracerProvider().getTracer('one').startSpan('one').isRecording()}`);
JS

cd "$work"
(cd three && node look.js) >seen.txt
(cd two && node look.js) >>seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
