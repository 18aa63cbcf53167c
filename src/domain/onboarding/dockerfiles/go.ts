import type { Service } from '../service.ts';
import { endOf, from, sourceLayers, type BaseImages, type Dockerfile } from './lines.ts';

const FINAL = 'gcr.io/distroless/static-debian12:nonroot';

/**
 * A static program in an image without a shell. Such an image has nothing that could run a health check, so the probes
 * of the pod are the only ones.
 */
export function goDockerfile(service: Service, pinned: BaseImages): Dockerfile {
  const image = `golang:${service.languageVersion}-bookworm`;
  const folder = service.package === '.' ? '.' : `./${service.package}`;
  const text = [
    from(image, 'build', pinned),
    'WORKDIR /src',
    'ENV CGO_ENABLED=0 GOFLAGS=-mod=readonly',
    ...sourceLayers(service.installFiles, service.installFiles.length > 0 ? ['go mod download'] : [], []),
    `RUN ["go", "build", "-trimpath", "-ldflags=-s -w -buildid=", "-o", "/app", ${JSON.stringify(folder)}]`,
    '',
    from(FINAL, 'run', pinned),
    'COPY --from=build /app /app',
    ...endOf(service.port, service.start),
  ];
  return { text: `${text.join('\n')}\n`, bases: [image, FINAL] };
}
