import { ERRORS, type ErrorCode } from '../../domain/errors.ts';
import type { Json } from './tools.ts';

const CODES = Object.keys(ERRORS) as readonly ErrorCode[];
const STATUSES = [...new Set(CODES.map((code) => ERRORS[code].http))].toSorted((a, b) => a - b);
const codesOf = (status: number): readonly ErrorCode[] => CODES.filter((code) => ERRORS[code].http === status);

/** Possible statuses of a failed call: all of the catalogue except that of a wrong method. */
export const CALL_STATUSES: readonly number[] = STATUSES.filter((status) => status !== ERRORS.METHOD_NOT_ALLOWED.http);

/** References to the responses of these statuses. */
export function refusals(statuses: readonly number[]): Json {
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Status${status}` }]));
}

export function failureResponses(): Json {
  const response = (status: number): Json => ({
    description: codesOf(status)
      .map((code) => `${code}: ${ERRORS[code].meaning}`)
      .join('\n'),
    content: { 'application/json': { schema: { $ref: `#/components/schemas/Failure${status}` } } },
  });
  return Object.fromEntries(STATUSES.map((status) => [`Status${status}`, response(status)]));
}

export function failureSchemas(): Json {
  return Object.fromEntries(STATUSES.map((status) => [`Failure${status}`, failure(status)]));
}

function failure(status: number): Json {
  const error = {
    type: 'object',
    required: ['code', 'message', 'next'],
    additionalProperties: false,
    properties: {
      code: { type: 'string', enum: codesOf(status) },
      message: { type: 'string', description: 'What happened.' },
      next: { type: 'string', description: 'What to do.' },
      details: { type: 'object' },
    },
  };
  const result = {
    type: 'object',
    description: 'The answer of the tool, of the form of status 200, when it is bad news.',
  };
  return { type: 'object', required: ['error'], additionalProperties: false, properties: { error, result } };
}
