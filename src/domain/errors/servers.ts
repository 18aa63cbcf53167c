import { entry, type ErrorEntry } from './entry.ts';

/** Errors of registered MCP servers and of the files that name them. */
export const SERVER_ERRORS = {
  SERVER_NOT_FOUND: entry(
    404,
    5,
    false,
    'No MCP server of this name is registered.',
    'Register a version with mcp_server_deploy; mcp_server_status lists the servers.',
  ),
  SERVER_VERSION_NOT_FOUND: entry(
    404,
    5,
    false,
    'The MCP server has no such version.',
    'Choose one of the named versions, or register it with mcp_server_deploy.',
  ),
  SERVER_VERSION_EXISTS: entry(
    409,
    7,
    false,
    'The MCP server already has this version.',
    'Register another version, or remove this one first with mcp_server_remove_version.',
  ),
  SERVER_VERSION_IN_USE: entry(
    409,
    7,
    false,
    'The version is blue or has traffic, and the server has other versions.',
    'Promote another version, or set the traffic of this one to 0; then remove it.',
  ),
  SERVER_VERSION_NOT_EXACT: entry(
    400,
    2,
    false,
    'The command names a package without an exact version.',
    'Write the exact version in the arguments of the command.',
  ),
  SERVER_NO_BLUE: entry(
    409,
    7,
    false,
    'The MCP server has no blue version that could take the traffic.',
    'Make a version blue with mcp_server_promote.',
  ),
  SERVER_TRAFFIC_INVALID: entry(
    400,
    2,
    false,
    'The traffic is not a whole number of percents from 0 to 100.',
    'Give a whole number from 0 to 100.',
  ),
  SERVER_TRAFFIC_LEFT_OVER: entry(
    409,
    7,
    false,
    'The blue version cannot give up traffic, because no other version has any.',
    'Set the traffic of a green version; blue takes the rest.',
  ),
  SERVER_CHANGED: entry(
    409,
    7,
    false,
    'Another caller changed the MCP server meanwhile, so nothing was written.',
    'Read it again with mcp_server_status, and repeat the call if it still applies.',
  ),
  SERVER_FILE_INVALID: entry(
    409,
    7,
    false,
    'A file with MCP servers cannot be understood, so it was not changed.',
    'Correct the named line of the file.',
  ),
  SERVER_FILE_UNAVAILABLE: entry(
    503,
    6,
    false,
    'A file with MCP servers cannot be read or written.',
    'Grant the access to the named file and its folder.',
  ),
  SERVER_REGISTRY_BUSY: entry(
    503,
    6,
    true,
    'Another process holds the lock of the file with MCP servers.',
    'Repeat the call; end the process that holds the lock if it never finishes.',
  ),
} as const satisfies Record<string, ErrorEntry>;
