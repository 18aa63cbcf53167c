import type { Service } from '../service.ts';
import type { Bridge } from './bridge.ts';
import { endOf, from, sourceLayers, type BaseImages, type Dockerfile } from './lines.ts';

const FINAL = 'gcr.io/distroless/static-debian12:nonroot';
/** Node, on which a bridge runs, needs the libraries of C and C++. */
const FINAL_WITH_LIBRARIES = 'gcr.io/distroless/cc-debian12:nonroot';

/**
 * A static program in an image without a shell. Such an image has nothing that could run a health check, so the probes
 * of the pod are the only ones, except beside a bridge.
 */
export function goDockerfile(service: Service, pinned: BaseImages, bridge?: Bridge): Dockerfile {
  const final = bridge ? FINAL_WITH_LIBRARIES : FINAL;
  const image = `golang:${service.languageVersion}-bookworm`;
  const folder = service.package === '.' ? '.' : `./${service.package}`;
  const text = [
    from(image, 'build', pinned),
    'WORKDIR /src',
    'ENV CGO_ENABLED=0 GOFLAGS=-mod=readonly',
    ...sourceLayers(service.installFiles, service.installFiles.length > 0 ? ['go mod download'] : [], []),
    `RUN ["go", "build", "-trimpath", "-ldflags=-s -w -buildid=", "-o", "/app", ${JSON.stringify(folder)}]`,
    '',
    ...(bridge?.stage ?? []),
    from(final, 'run', pinned),
    'COPY --from=build /app /app',
    ...(bridge?.lines ?? []),
    ...endOf(service.port, bridge?.start ?? service.start, bridge?.health),
  ];
  return { text: `${text.join('\n')}\n`, bases: [image, final] };
}
