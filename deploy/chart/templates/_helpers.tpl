{{- define "sluice.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- /* Labels that never change, because selectors cannot. */}}
{{- define "sluice.selector" -}}
app.kubernetes.io/name: sluice
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sluice.labels" -}}
{{ include "sluice.selector" . }}
app.kubernetes.io/part-of: sluice
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "sluice.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- /* What the schema of the values cannot say. */}}
{{- define "sluice.check" -}}
{{- if not .Values.publicUrl }}
{{- fail "publicUrl is missing: set it to the address at which clients reach the server, as in https://sluice.example.com" }}
{{- end }}
{{- if not (or .Values.keys.secret (index .Values.settings "SLUICE_OAUTH_ISSUERS") (index .Values.settings "SLUICE_SERVICE_ACCOUNT_AUDIENCE")) }}
{{- fail "Nobody could call the server: set settings.SLUICE_OAUTH_ISSUERS, settings.SLUICE_SERVICE_ACCOUNT_AUDIENCE, or keys.secret to a Secret with the files of `sluice key create`" }}
{{- end }}
{{- end }}

{{- /* The pod of a component. Argument: dict root, component, args, ports. */}}
{{- define "sluice.pod" -}}
{{- $root := .root }}
{{- $own := index $root.Values .component }}
metadata:
  labels:
    {{- include "sluice.selector" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
  annotations:
    # A change of the settings starts new pods.
    checksum/settings: {{ include (print $root.Template.BasePath "/settings.yaml") $root | sha256sum }}
spec:
  serviceAccountName: {{ include "sluice.fullname" $root }}-{{ .component }}
  automountServiceAccountToken: true
  enableServiceLinks: false
  {{- with $root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 1001
    runAsGroup: 1001
    fsGroup: 1001
    seccompProfile: { type: RuntimeDefault }
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "sluice.selector" $root | nindent 10 }}
          app.kubernetes.io/component: {{ .component }}
  {{- with $own.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $own.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: sluice
      image: {{ include "sluice.image" $root }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: [{{ .args }}]
      {{- include "sluice.environment" . | nindent 6 }}
      ports: {{- toYaml .ports | nindent 8 }}
      startupProbe:
        httpGet: { path: /healthz, port: status }
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /healthz, port: status }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /readyz, port: status }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 2
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      resources: {{- toYaml $own.resources | nindent 8 }}
      {{- include "sluice.mounts" $root | nindent 6 }}
  {{- include "sluice.volumes" $root | nindent 2 }}
{{- end }}

{{- define "sluice.environment" -}}
envFrom:
  - configMapRef: { name: {{ include "sluice.fullname" .root }}-settings }
  {{- range .root.Values.secrets }}
  - secretRef: { name: {{ . }} }
  {{- end }}
env:
  - name: SLUICE_JOURNAL
    valueFrom:
      secretKeyRef: { name: {{ .root.Values.journal.secret }}, key: {{ .root.Values.journal.key }} }
{{- end }}

{{- define "sluice.mounts" -}}
volumeMounts:
  - { name: home, mountPath: /var/lib/sluice }
  - { name: tmp, mountPath: /tmp }
  {{- if .Values.settingsFile }}
  # Where commands in the pod find it too.
  - { name: settings, mountPath: /var/lib/sluice/settings.yaml, subPath: settings.yaml, readOnly: true }
  {{- end }}
  {{- if .Values.keys.secret }}
  - { name: keys, mountPath: /etc/sluice/keys, readOnly: true }
  {{- end }}
  {{- range .Values.fileSecrets }}
  - { name: {{ printf "file-%s" . }}, mountPath: /etc/sluice/files/{{ . }}, readOnly: true }
  {{- end }}
{{- end }}

{{- /* 288 is 0440: readers of YAML 1.1 and 1.2 do not agree about numbers that begin with 0. */}}
{{- define "sluice.volumes" -}}
volumes:
  - name: home
    emptyDir: {}
  - name: tmp
    emptyDir: {}
  {{- if .Values.settingsFile }}
  - name: settings
    configMap: { name: {{ include "sluice.fullname" . }}-settings-file }
  {{- end }}
  {{- if .Values.keys.secret }}
  - name: keys
    secret: { secretName: {{ .Values.keys.secret }}, defaultMode: 288 }
  {{- end }}
  {{- range .Values.fileSecrets }}
  - name: {{ printf "file-%s" . }}
    secret: { secretName: {{ . }}, defaultMode: 288 }
  {{- end }}
{{- end }}
