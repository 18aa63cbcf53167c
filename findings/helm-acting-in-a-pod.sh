#!/usr/bin/env bash
# Finding: In a pod, Helm 4 finds the API server by the variables and files of the service account. With --kube-as-user it
#   does not look there, and asks port 8080 of localhost. With the address, the CA and the token as HELM_KUBE* it acts for the user.
# Packages: helm.sh/helm/v4 v4.3.1 (Go module)
# Needs: bash, Go 1.26 or newer, Node 20 or newer, openssl, unshare (Linux). It takes about 100 s with an empty build cache.
# Seen:
#   in a pod: asked as nobody else
#   in a pod, for oidc:ada: no request; kubernetes cluster unreachable
#   with HELM_KUBE*, for oidc:ada: asked as oidc:ada
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server"
  chmod -R u+w "$work"
  rm -rf "$work"
}
trap finish EXIT
cd "$work"
export GOBIN=$work GOWORK=off
unset GOFLAGS
go install -trimpath helm.sh/helm/v4/cmd/helm@v4.3.1 >go.log 2>&1
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out ca.crt -days 1 \
  -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>openssl.log
cat >server.mjs <<'JS'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
const server = createServer({ key: readFileSync('key.pem'), cert: readFileSync('ca.crt') }, (request, response) => {
  appendFileSync('asked.txt', `asked as ${request.headers['impersonate-user'] ?? 'nobody else'}\n`);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ kind: 'SecretList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] }));
});
server.listen(0, '127.0.0.1', () => writeFileSync('port', String(server.address().port)));
JS
node server.mjs &
server=$!
until [ -s port ]; do sleep 0.1; done
port=$(cat port)
# The folder of a service account is the same in every pod, so it is made in a file system of its own.
cat >in-pod.sh <<'SH'
mount -t tmpfs none "$(readlink -f /var/run)"
account=/var/run/secrets/kubernetes.io/serviceaccount
mkdir -p "$account"
cp ca.crt "$account/ca.crt"
printf token >"$account/token"
printf shop >"$account/namespace"
exec ./helm list --namespace shop "$@"
SH
seen() {
  : >asked.txt
  env -i PATH="$PATH" HOME="$work" KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT="$port" "$@" >out.txt 2>&1 || true
  sort -u asked.txt >once.txt
  if [ -s once.txt ]; then cat once.txt; else echo "no request; $(grep -o 'kubernetes cluster unreachable' out.txt)"; fi
}
pod=(unshare -rm bash in-pod.sh)
direct=(HELM_KUBEAPISERVER="https://127.0.0.1:$port" HELM_KUBECAFILE="$work/ca.crt" HELM_KUBETOKEN=token)
{
  echo "in a pod: $(seen "${pod[@]}")"
  echo "in a pod, for oidc:ada: $(seen "${pod[@]}" --kube-as-user=oidc:ada)"
  echo "with HELM_KUBE*, for oidc:ada: $(seen "${direct[@]}" "${pod[@]}" --kube-as-user=oidc:ada)"
} >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
