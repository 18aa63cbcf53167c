import { durationOrZero, toMs } from '../contract/duration.ts';
import { secret, setting } from '../contract/setting.ts';
import { integer } from './integer.ts';
import { timeout, token } from './prometheus-values.ts';

/** How a gateway of MCP servers checks versions, and what it keeps of calls. */
export const GATEWAY_SETTINGS = {
  gatewayHealthInterval: setting(
    'SLUICE_GATEWAY_HEALTH_INTERVAL',
    durationOrZero.refine(
      (value) => toMs(value) === 0 || (toMs(value) >= 100 && toMs(value) <= 3_600_000),
      'must be 0, or from 100ms to 1h',
    ),
    '10s',
    'Time between two pings of a version of an MCP server by its gateway. 0: no pings, and calls alone tell whether a version is healthy.',
  ),
  gatewayHealthTimeout: setting(
    'SLUICE_GATEWAY_HEALTH_TIMEOUT',
    timeout,
    '5s',
    'Time after which a ping has no answer.',
  ),
  gatewayUnhealthyAfter: setting(
    'SLUICE_GATEWAY_UNHEALTHY_AFTER',
    integer(1, 100),
    3,
    'Pings and calls in a row without an answer after which a version is unhealthy. A release of it is then rolled back.',
  ),
  gatewayHealthyAfter: setting(
    'SLUICE_GATEWAY_HEALTHY_AFTER',
    integer(1, 100),
    2,
    'Answers in a row after which an unhealthy version is healthy again.',
  ),
  gatewayRecord: setting(
    'SLUICE_GATEWAY_RECORD',
    integer(0, 100),
    0,
    'Last calls of each tool of an MCP server that a gateway keeps in memory, so that a release can ask a new version the same. Only tools that say they read only. 0: none.',
  ),
  mcpGatewayToken: secret(
    'SLUICE_MCP_GATEWAY_TOKEN',
    token,
    undefined,
    'Credential for the gateways of SLUICE_MCP_GATEWAYS, for example a key of `sluice key`; unset: on loopback the token of this machine.',
  ),
} as const;
