import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of charts, with the chart `web` in it: a Deployment, a Service, a Secret and a ConfigMap. */
export function chartFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-charts-'));
  writeChart(folder, 'web', CHART);
  return folder;
}

/** Writes a chart. `files`: by their path in it. */
export function writeChart(
  folder: string,
  name: string,
  files: Readonly<Record<string, string>>,
  version = '1.2.0',
): void {
  const all = {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: "2.0"\ndescription: A chart of a test\n`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const NAME = '{{ .Release.Name }}';

export const CHART: Readonly<Record<string, string>> = {
  'values.yaml': 'replicas: 1\n# The tag of the image.\ntag: v1\npassword: hunter2\nconfig: {colour: blue}\n',
  'README.md': '# web\n\nA small application.\n',
  'templates/NOTES.txt': 'It runs. The password: {{ .Values.password }}\n',
  'templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${NAME}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: ${NAME}}}
  template:
    metadata: {labels: {app: ${NAME}}}
    spec:
      containers:
        - name: app
          image: shop:{{ .Values.tag }}
`,
  'templates/service.yaml': `apiVersion: v1
kind: Service
metadata: {name: ${NAME}}
spec:
  selector: {app: ${NAME}}
  ports: [{port: 80}]
`,
  'templates/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: ${NAME}}
data: {{ toYaml .Values.config | nindent 2 }}
`,
  'templates/secret.yaml': `apiVersion: v1
kind: Secret
metadata: {name: ${NAME}}
stringData: {password: {{ .Values.password | quote }}}
`,
};
