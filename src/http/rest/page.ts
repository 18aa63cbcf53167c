import type { StaticDocumentSpec } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { OpenApiDocument } from './openapi.ts';

/** The page loads nothing from other hosts and sends nothing to them. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ICON_TYPE = 'image/svg+xml';
const svg = (width: number, text: string): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="32" viewBox="0 0 ${width} 32"><text x="${width / 2}" y="24" text-anchor="middle" font-family="sans-serif" font-size="24" font-weight="bold" fill="#4a9">${text}</text></svg>`,
  );
/** The marks of the page. Without them it has those of the packages that it is made with. */
const LOGO = svg(96, 'Sluice');
const ICON = svg(32, 'S');

/** A page to read and try the API, at /docs. Its scripts and styles come from this server. */
export async function mountPage(scope: FastifyInstance, document: OpenApiDocument): Promise<void> {
  // Only a server needs these packages, and they load slowly.
  const [{ default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  // Their type supports documents up to 3.0. The page supports 3.1.
  const specification = { document: document as unknown as StaticDocumentSpec['document'] };
  await scope.register(swagger, { mode: 'static', specification });
  await scope.register(swaggerUi, {
    routePrefix: '/docs',
    // Without this prefix the page at /docs, without a slash, would request its scripts at the root of the server.
    indexPrefix: scope.prefix,
    staticCSP: POLICY,
    logo: { type: ICON_TYPE, content: LOGO, href: '/', target: '_self' },
    theme: {
      title: 'Sluice Tools API',
      favicon: [{ filename: 'favicon.svg', rel: 'icon', sizes: 'any', type: ICON_TYPE, content: ICON }],
    },
    // More than two hundred operations take a browser many seconds to draw, so each toolset opens when it is asked for.
    uiConfig: { tryItOutEnabled: true, docExpansion: 'none', deepLinking: true, defaultModelsExpandDepth: -1 },
  });
}
