import {
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ERRORS, SluiceError, type ErrorCode } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import type { Log } from '../observability/log.ts';
import { sendFailure } from './answer.ts';
import { traceRequests } from './traced-requests.ts';

/** Maximum size of a request's body in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/**
 * An HTTP application that answers every failure in the form of the error catalogue. It is reached at loopback, and at
 * the public address if there is one.
 */
export function createApp(log: Log, publicUrl?: string): FastifyInstance {
  const answerError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
    sendFailure(reply, toSluiceError(error, request, log));
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: 2000 },
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply as unknown as FastifyReply),
  });
  traceRequests(app);
  app.addHook('onRequest', refuseForeign(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]));
  app.setNotFoundHandler((request, reply) =>
    sendFailure(reply, new SluiceError('PATH_NOT_FOUND', `There is nothing at ${request.method} ${pathOf(request)}.`)),
  );
  app.setErrorHandler(answerError);
  return app;
}

/**
 * A page of another site can make a browser call loopback, also under another host name. Such a page must neither read
 * nor write.
 */
function refuseForeign(own: readonly string[]) {
  const hosts = [...localhostAllowedHostnames(), ...own];
  const origins = [...localhostAllowedOrigins(), ...own];
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const host = validateHostHeader(request.headers.host, hosts);
    const origin = validateOriginHeader(request.headers.origin, origins);
    const refused = [host, origin].find((checked) => !checked.ok);
    if (refused && !refused.ok) await sendFailure(reply, new SluiceError('FOREIGN_ORIGIN', refused.message));
  };
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  404: 'PATH_NOT_FOUND',
  413: 'BODY_TOO_LARGE',
  414: 'BODY_TOO_LARGE',
  415: 'MEDIA_TYPE_UNSUPPORTED',
};

/** Fastify's own refusals have a status below 500 and a text for callers. All other errors are written to the log. */
function toSluiceError(error: FastifyError, request: FastifyRequest, log: Log): unknown {
  if (error instanceof SluiceError) return error;
  const status = error.statusCode ?? 500;
  if (status < 500) {
    const code = BY_STATUS[status] ?? 'INVALID_INPUT';
    return new SluiceError(code, cleanText(error.message, 300), {
      next: code === 'INVALID_INPUT' ? 'Correct the request.' : ERRORS[code].next,
    });
  }
  log.error({ err: error, method: request.method, path: pathOf(request) }, 'HTTP request failed');
  return error;
}

function pathOf({ url }: FastifyRequest): string {
  return cleanText(url.split('?', 1)[0] ?? '', 200);
}
