#!/bin/sh
# Creates the namespace that Sluice uses, unless it is there.
set -eu

namespace=${SLUICE_TEMPORAL_NAMESPACE:-default}
temporal operator namespace describe --namespace "$namespace" ||
  temporal operator namespace create --namespace "$namespace" --retention 30d
