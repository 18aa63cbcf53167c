#!/usr/bin/env bash
# Finding: @swc/core 1.16.18 copies its native library into a cache in HOME before it loads it. Where others may write to
#   HOME and to the folder of temporary files, as to an emptyDir volume of Kubernetes (mode 0777), it does not load at all.
# Packages: @swc/core 1.16.18 (npm)
# Needs: bash, Node 20 or newer, npm, Linux
# Seen:
#   HOME 0700: loads, 1 native library in the cache
#   HOME 0777: cache root has a parent writable by another user without trusted sticky protection
#   HOME 0777, SWC_NATIVE_BINDING_CACHE 0700: loads, 1 native library in the cache
#   HOME 0777, temporary folder 1777: loads, 1 native library in the cache
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The folders above the cache count too, and those of temporary files are sticky.
chmod 0755 "$work"
cd "$work"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund @swc/core@1.16.18
cat >load.cjs <<'JS'
const { readdirSync } = require('node:fs');
try {
  require('@swc/core');
  const files = process.argv.slice(2).flatMap((folder) => readdirSync(folder, { recursive: true }));
  console.log(`loads, ${files.filter((file) => file.endsWith('.node')).length} native library in the cache`);
} catch (error) {
  const reasons = [error.cause ?? error].flat().map(({ message }) => /cache root has[^;]*/.exec(message)?.[0]);
  console.log(reasons.find(Boolean) ?? error.message);
}
JS
# $1: mode of HOME, $2: mode of the folder of temporary files, then further variables.
load() {
  rm -rf home tmp own
  mkdir home tmp own
  chmod "$1" home
  chmod "$2" tmp
  chmod 0700 own
  env -i PATH="$PATH" HOME="$work/home" TMPDIR="$work/tmp" "${@:3}" node load.cjs home tmp own
}
{
  echo "HOME 0700: $(load 0700 0777)"
  echo "HOME 0777: $(load 0777 0777)"
  echo "HOME 0777, SWC_NATIVE_BINDING_CACHE 0700: $(load 0777 0777 SWC_NATIVE_BINDING_CACHE="$work/own")"
  echo "HOME 0777, temporary folder 1777: $(load 0777 1777)"
} >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
