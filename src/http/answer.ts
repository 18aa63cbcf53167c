import type { FastifyReply } from 'fastify';
import { toFailure, type Failure } from '../contract/failure.ts';
import { ERRORS } from '../domain/errors.ts';

/** The body of every answer of a call. Both fields are set when the tool's answer reports a failure. */
export interface AnswerBody {
  readonly result?: Record<string, unknown>;
  readonly error?: Failure;
}

export interface Answer {
  readonly status: number;
  readonly body: AnswerBody;
}

/** Converts any thrown value to an answer with the status in the catalogue. */
export function failureAnswer(thrown: unknown): Answer {
  const error = toFailure(thrown);
  return { status: ERRORS[error.code].http, body: { error } };
}

export function sendFailure(reply: FastifyReply, thrown: unknown): FastifyReply {
  const { status, body } = failureAnswer(thrown);
  return reply.code(status).send(body);
}
