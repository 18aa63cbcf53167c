#!/usr/bin/env bash
# Finding: `import 'node:http'` loads undici, which `require('node:http')` and process.getBuiltinModule('node:http') do not.
#   The import reads every export once for its namespace, and some exports of node:http load undici when they are read.
#   An empty program with that import needs twice the processor time.
# Packages: node 24.21.0 (npm)
# Needs: bash, npm. It takes about 10 s.
# Seen:
#   import:           undici is loaded
#   require:          undici is not loaded
#   getBuiltinModule: undici is not loaded
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund node@24.21.0
export PATH="$work/node_modules/.bin:$PATH"

tell='const found = process.moduleLoadList.some((name) => name.endsWith(" internal/deps/undici/undici"));
console.log(`undici is ${found ? "" : "not "}loaded`);'
echo "import 'node:http'; $tell" >import.mjs
echo "require('node:http'); $tell" >require.cjs
echo "process.getBuiltinModule('node:http'); $tell" >builtin.mjs
{
  echo "import:           $(node import.mjs)"
  echo "require:          $(node require.cjs)"
  echo "getBuiltinModule: $(node builtin.mjs)"
} >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
