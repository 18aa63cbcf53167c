#!/usr/bin/env bash
# Finding: In Argo Rollouts an analysis without any data can be Successful. all() over an empty result is true, and a
#   failureCondition with NaN is false, so both forms pass a version that had no request. The same limit written in
#   other ways is Failed, Inconclusive or Error. Only the form decides which of the four it is.
# Packages: github.com/argoproj/argo-rollouts v1.10.1 (Go module)
# Needs: bash, Go 1.26 or newer. It takes about 90 s with an empty build cache.
# Seen:
#   success "result[0] < 0.05", failure "": empty Error; NaN Failed; 0.1 Failed;
#   success "all(result, # < 0.05)", failure "": empty Successful; NaN Failed; 0.1 Failed;
#   success "", failure "result[0] >= 0.05": empty Error; NaN Successful; 0.1 Failed;
#   success "", failure "any(result, # >= 0.05)": empty Successful; NaN Successful; 0.1 Failed;
#   success "result[0] < 0.05", failure "result[0] >= 0.05": empty Error; NaN Inconclusive; 0.1 Failed;
#   success "all(result, # < 0.05)", failure "any(result, # >= 0.05)": empty Successful; NaN Inconclusive; 0.1 Failed;
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'GO'
package main

import (
	"fmt"
	"math"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/argoproj/argo-rollouts/utils/evaluate"
	"github.com/sirupsen/logrus"
)

func main() {
	forms := [][2]string{ // success condition, failure condition
		{"result[0] < 0.05", ""},
		{"all(result, # < 0.05)", ""},
		{"", "result[0] >= 0.05"},
		{"", "any(result, # >= 0.05)"},
		{"result[0] < 0.05", "result[0] >= 0.05"},
		{"all(result, # < 0.05)", "any(result, # >= 0.05)"},
	}
	// What Argo's Prometheus provider makes of no series, of 0/0, and of 10 % errors.
	results := []struct {
		name  string
		value []float64
	}{{"empty", []float64{}}, {"NaN", []float64{math.NaN()}}, {"0.1", []float64{0.1}}}
	for _, form := range forms {
		fmt.Printf("success %q, failure %q:", form[0], form[1])
		for _, result := range results {
			metric := v1alpha1.Metric{SuccessCondition: form[0], FailureCondition: form[1]}
			phase, _ := evaluate.EvaluateResult(result.value, metric, *logrus.NewEntry(logrus.New()))
			fmt.Printf(" %s %s;", result.name, phase)
		}
		fmt.Println()
	}
}
GO
export GOFLAGS=-mod=mod GOWORK=off
go mod init finding >go.log 2>&1
go get github.com/argoproj/argo-rollouts@v1.10.1 >>go.log 2>&1
go run . >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
