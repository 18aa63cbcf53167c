import type { FastifyInstance } from 'fastify';

/** A form with a few short fields. */
const FORM_BYTES = 16_384;

/** The body of a form is a URLSearchParams in the routes of this scope. */
export function parseForms(scope: FastifyInstance): void {
  scope.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES },
    (_request, body, parsed) => parsed(null, new URLSearchParams(body)),
  );
}
