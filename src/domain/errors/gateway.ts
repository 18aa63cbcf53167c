import { entry, type ErrorEntry } from './entry.ts';

/** Errors of the gateway in front of versions of an MCP server. */
export const GATEWAY_ERRORS = {
  GATEWAY_VERSION_UNKNOWN: entry(
    400,
    2,
    false,
    'The server has no such version.',
    'Send one of the known versions in X-MCP-Server-Version, or leave the header out.',
  ),
  GATEWAY_NO_VERSION: entry(
    503,
    6,
    true,
    'No version of the server has traffic.',
    'Give a version traffic with mcp-traffic, or promote one.',
  ),
  GATEWAY_SESSION_UNKNOWN: entry(
    404,
    5,
    false,
    'The session does not exist here, or no longer.',
    'Start a new session with initialize.',
  ),
  GATEWAY_HANDLE_REFUSED: entry(
    400,
    2,
    false,
    'The session id, request state or task id was not made here for this caller.',
    'Send it unchanged, with the credentials under which it was given.',
  ),
  GATEWAY_MESSAGE_INVALID: entry(
    400,
    2,
    false,
    'The body is not one JSON-RPC message that this server can receive.',
    'Send one JSON-RPC 2.0 message; without a session, begin with initialize or name the revision in _meta.',
  ),
  GATEWAY_KEY_UNUSABLE: entry(
    500,
    2,
    false,
    'The key of the gateway cannot be used.',
    'Correct the key file: lines of 64 hexadecimal digits, readable by its owner only.',
  ),
  GATEWAY_REFERENCE_MISSING: entry(
    500,
    2,
    false,
    'The definition of a version refers to an environment variable that is not set.',
    'Set the variable in the environment of the gateway, and restart it.',
  ),
  UPSTREAM_UNREACHABLE: entry(
    502,
    6,
    false,
    'The version of the server cannot be reached, or ended during the call.',
    'Read its log; roll back if this version is new. A call that changes something may have taken effect.',
  ),
  UPSTREAM_TIMEOUT: entry(
    504,
    6,
    false,
    'The version of the server does not answer.',
    'Check the version. A call that changes something may have taken effect.',
  ),
  UPSTREAM_TOO_LARGE: entry(
    502,
    6,
    false,
    'The answer of the version is larger than the gateway passes on.',
    'Ask for less, or let the server answer in parts.',
  ),
  UPSTREAM_INVALID: entry(
    502,
    6,
    false,
    'The version of the server answers with something that is not MCP.',
    'Check its command or URL; a stdio server must write only JSON-RPC messages to stdout.',
  ),
  UPSTREAM_BUSY: entry(
    503,
    6,
    true,
    'The version of the server takes no further session or call.',
    'Try again later, or close sessions that are not used.',
  ),
} as const satisfies Record<string, ErrorEntry>;
