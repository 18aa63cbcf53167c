#!/usr/bin/env bash
# Finding: jsonc-parser, which edits JSON with comments in place, changes lines beside the inserted property. The
#   comment behind the property that was the last one comes to stand behind the new one. A neighbour on the line before
#   is laid out anew, as far as its closing bracket. Without formatting options it changes nothing beside the new
#   property, but puts that on the line of the neighbour.
# Packages: jsonc-parser 3.3.1 (npm)
# Needs: bash, Node 20 or newer, npm. It takes about 5 s.
# Seen:
#   a comment behind the last property:
#     "port": 8080,
#     "host": "new" // the public port
#   a neighbour on one line:
#     "limits": {
#       "cpu": 1,
#       "memory": 2
#     },
#     "host": "new"
#   without formatting options:
#     "port": 8080,"host": "new"
#     // end of the list
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund jsonc-parser@3.3.1

cat >main.mjs <<'JS'
import { applyEdits, modify } from 'jsonc-parser';

const formatted = { formattingOptions: { insertSpaces: true, tabSize: 2 } };
const cases = {
  'a comment behind the last property': ['"port": 8080 // the public port', formatted],
  'a neighbour on one line': ['"limits": {"cpu": 1,   "memory": 2}', formatted],
  'without formatting options': ['"port": 8080\n  // end of the list', {}],
};
for (const [title, [inside, options]] of Object.entries(cases)) {
  const text = `{\n  ${inside}\n}\n`;
  const edited = applyEdits(text, modify(text, ['host'], 'new', options));
  console.log(`${title}:\n${edited.split('\n').slice(1, -2).join('\n')}`);
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
