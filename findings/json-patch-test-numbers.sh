#!/usr/bin/env bash
# Finding: The JSON Patch library of the Kubernetes API server compares numbers in a "test" as text. 5 is not equal to
#   5.0 or 5e0, although RFC 6902 (section 4.6) says that numbers are equal when their values are. And a "test" of a
#   missing path against null succeeds. A guarded patch from a client that writes 5.0 always fails.
# Packages: gopkg.in/evanphx/json-patch.v4 v4.12.0 (Go module, used by k8s.io/apiserver v0.34), fast-json-patch 3.1.1
#   (npm)
# Needs: bash, Go 1.22 or newer, Node 20 or newer, npm. It takes about 15 s.
# Seen:
#   Go, test /weight 5: holds
#   Go, test /weight 5.0: testing value /weight failed: test failed
#   Go, test /weight 5e0: testing value /weight failed: test failed
#   Go, test of a missing path against null: holds
#   JavaScript, test /weight 5: holds
#   JavaScript, test /weight 5.0: holds
#   JavaScript, test /weight 5e0: holds
#   JavaScript, test of a missing path against null: TEST_OPERATION_FAILED
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund fast-json-patch@3.1.1

cat >main.go <<'GO'
package main

import (
	"fmt"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
)

func main() {
	for _, value := range []string{"5", "5.0", "5e0"} {
		fmt.Println("Go, test /weight", value+":", attempt(`{"weight":5}`, "/weight", value))
	}
	fmt.Println("Go, test of a missing path against null:", attempt(`{"weight":5}`, "/other", "null"))
}

func attempt(document, path, value string) string {
	patch, err := jsonpatch.DecodePatch([]byte(`[{"op":"test","path":"` + path + `","value":` + value + `}]`))
	if err != nil {
		return err.Error()
	}
	if _, err = patch.Apply([]byte(document)); err != nil {
		return err.Error()
	}
	return "holds"
}
GO
cat >main.mjs <<'JS'
import fast from 'fast-json-patch';

const test = (path, value) => {
  try {
    fast.applyPatch(JSON.parse('{"weight":5}'), JSON.parse(`[{"op":"test","path":"${path}","value":${value}}]`));
    return 'holds';
  } catch (error) {
    return error.name;
  }
};
for (const value of ['5', '5.0', '5e0']) console.log(`JavaScript, test /weight ${value}:`, test('/weight', value));
console.log('JavaScript, test of a missing path against null:', test('/other', 'null'));
JS
export GOFLAGS=-mod=mod GOWORK=off
go mod init finding >go.log 2>&1
go get gopkg.in/evanphx/json-patch.v4@v4.12.0 >>go.log 2>&1
{ go run . && node main.mjs; } >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
