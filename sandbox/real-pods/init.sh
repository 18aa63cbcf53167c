#!/bin/sh
# The first process in a mount and a PID namespace of its own: containerd and a kubelet. When it ends, the kernel ends
# every process in the PID namespace, containers too, and removes every mount and network namespace with them.
# Usage: init.sh <folder of its files> <containerd> <kubelet> <address of the node>
set -eu
folder=$1 containerd=$2 kubelet=$3 address=$4
trap 'exit 0' TERM INT

# Volumes of pods need mounts that spread inside this namespace. Nothing spreads outside.
mount --make-rshared /
# containerd, CNI and the kubelet have these paths in their code. Here they lead to the folder of the sandbox.
for path in run/containerd var/lib/cni var/lib/kubelet var/log/containers var/log/pods; do
  mount --bind "$folder/root/$path" "/$path"
done
# The kubelet would set these for the whole machine. It finds its values in copies, and sets nothing.
for file in "$folder"/sysctl/*; do
  mount --bind "$file" "/proc/sys/$(basename "$file" | tr . /)"
done

"$containerd" --config "$folder/containerd.toml" --log-level warn &
runtime=$!
until [ -S /run/containerd/containerd.sock ]; do
  kill -0 "$runtime"
  sleep 0.05
done
"$kubelet" --config="$folder/kubelet.yaml" --kubeconfig="$folder/kubeconfig" --hostname-override=localhost \
  --node-ip="$address" --node-labels=sluice.dev/pods=real &
agent=$!
# `wait` also removes the shims of containers that have ended. If one of the two ends, the sandbox shows this part as died.
while kill -0 "$runtime" && kill -0 "$agent"; do
  sleep 1 &
  wait $!
done
exit 1
