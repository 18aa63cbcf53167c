import type { Service } from '../service.ts';
import type { Bridge } from './bridge.ts';
import { endOf, from, sourceLayers, type BaseImages, type Dockerfile } from './lines.ts';

const UV = 'uv==0.13.9';
const POETRY = 'poetry==2.5.1';

/** Dependencies go into a virtual environment in the first stage. The second has that environment and the source. */
export function pythonDockerfile(service: Service, pinned: BaseImages, bridge?: Bridge): Dockerfile {
  const { languageVersion, port, health, start } = service;
  const image = `python:${languageVersion}-slim-bookworm`;
  const text = [
    from(image, 'build', pinned),
    'ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 VIRTUAL_ENV=/venv PATH=/venv/bin:$PATH',
    'ENV UV_PROJECT_ENVIRONMENT=/venv UV_LINK_MODE=copy UV_NO_CACHE=1',
    'RUN python -m venv /venv',
    'WORKDIR /app',
    ...installation(service),
    '',
    ...(bridge?.stage ?? []),
    from(image, 'run', pinned),
    'ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VIRTUAL_ENV=/venv PATH=/venv/bin:$PATH',
    'WORKDIR /app',
    'COPY --from=build /venv /venv',
    'COPY --from=build /app /app',
    ...(bridge?.lines ?? []),
    ...endOf(port, bridge?.start ?? start, bridge?.health ?? healthCheck(port, health)),
  ];
  return { text: `${text.join('\n')}\n`, bases: [image] };
}

/** The source and its dependencies. The manager itself is not in the final stage. */
function installation({ manager, lockFile, installFiles, buildStep }: Service): readonly string[] {
  const project = buildStep ? ['pip install --no-cache-dir --no-deps .'] : [];
  if (manager === 'uv')
    return sourceLayers(installFiles, managed('uv', UV, 'sync --frozen --no-dev --no-editable'), []);
  if (manager === 'poetry')
    return sourceLayers(
      installFiles,
      managed('poetry', POETRY, 'install --only main --no-root --no-interaction'),
      project,
    );
  if (lockFile === '' && buildStep) return sourceLayers([], ['pip install --no-cache-dir .'], []);
  const requirements = installFiles.length > 0 ? 'pip install --no-cache-dir -r requirements.txt' : GUARDED;
  return sourceLayers(installFiles, [requirements], project);
}

/** A manager in an environment of its own, so that it does not become a dependency of the service. */
const managed = (name: string, spec: string, args: string): readonly string[] => [
  `python -m venv /${name}`,
  `/${name}/bin/pip install --no-cache-dir ${spec}`,
  `/${name}/bin/${name} ${args}`,
];

/** A project may have no requirements.txt at all. */
const GUARDED = 'if [ -f requirements.txt ]; then pip install --no-cache-dir -r requirements.txt; fi';

function healthCheck(port: number, path: string | undefined): readonly string[] {
  const code =
    path === undefined
      ? `import socket; socket.create_connection(("127.0.0.1", ${port}), 2).close()`
      : `import urllib.request as u; u.urlopen("http://127.0.0.1:${port}${path}", timeout=2)`;
  return ['python', '-c', code];
}
