import { entry, type ErrorEntry } from './entry.ts';

/** Errors of a request itself: its input, its form, and what the caller may do. */
export const REQUEST_ERRORS = {
  INVALID_INPUT: entry(
    400,
    2,
    false,
    'The input does not match the schema.',
    'Correct the named field and call again.',
  ),
  UNKNOWN_NAME: entry(400, 2, false, 'A name is not known.', 'Use the suggested name.'),
  REASON_REQUIRED: entry(
    400,
    2,
    false,
    'This command needs a reason.',
    'Give `reason`: it is kept in the release record.',
  ),
  TOOL_NOT_FOUND: entry(
    404,
    2,
    false,
    'This server has no such tool.',
    'Use the suggested name; GET /engine/v1/tools lists all.',
  ),
  PATH_NOT_FOUND: entry(
    404,
    2,
    false,
    'There is nothing at this path.',
    'The Tools API is at /engine/v1/tools, its document at /engine/v1/openapi.json, MCP at /mcp, health at /healthz.',
  ),
  METHOD_NOT_ALLOWED: entry(
    405,
    2,
    false,
    'This path does not take this HTTP method.',
    'Use one of the methods in the header Allow.',
  ),
  BODY_TOO_LARGE: entry(413, 2, false, 'The request is larger than the server accepts.', 'Send at most 1 MiB.'),
  MEDIA_TYPE_UNSUPPORTED: entry(
    415,
    2,
    false,
    'The body is not of a type that the server reads.',
    'Send JSON, with content-type: application/json.',
  ),
  FOREIGN_ORIGIN: entry(
    403,
    3,
    false,
    'The request comes from a page of another site, or names another host.',
    'Call the server by its loopback address, not from a page of another site.',
  ),
  WRITE_DISABLED: entry(
    403,
    3,
    false,
    'Write tools are off.',
    'Set MCP_ALLOW_WRITE=true on the server to allow writes.',
  ),
  FORBIDDEN: entry(
    403,
    3,
    false,
    'The cluster refused the request.',
    'Grant the missing permission to the account in use; deploy/rbac.yaml holds all that Sluice needs.',
  ),
  CONFIRMATION_REQUIRED: entry(
    409,
    4,
    false,
    'A destructive command was not confirmed.',
    'Repeat the call with `confirm` set to the value that the message gives.',
  ),
  NAMESPACE_NOT_ALLOWED: entry(
    403,
    3,
    false,
    'The namespace is not on the allow list.',
    'Use an allowed namespace, or add it to SLUICE_ALLOWED_NAMESPACES.',
  ),
} as const satisfies Record<string, ErrorEntry>;
