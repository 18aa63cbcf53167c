import { entry, type ErrorEntry } from './entry.ts';

/** Errors of the systems that Sluice calls, and of its own set-up. */
export const SYSTEM_ERRORS = {
  CLUSTER_UNKNOWN: entry(
    404,
    5,
    false,
    'The kubeconfig has no such context.',
    'Choose one of the named contexts, or set KUBECONFIG.',
  ),
  CLUSTER_MISMATCH: entry(
    409,
    7,
    false,
    'One context name leads to different clusters for the caller and for the worker.',
    'Give both a kubeconfig in which this context leads to the same cluster; `sluice doctor` shows the identity.',
  ),
  CLUSTER_UNCONFIGURED: entry(
    409,
    7,
    false,
    'No setting says which Prometheus and which Traefik belong to this cluster.',
    'Set SLUICE_CLUSTER, or make an entry in the section clusters of the settings file (docs/clusters.md).',
  ),
  CLUSTER_UNREACHABLE: entry(
    503,
    6,
    true,
    'The cluster does not answer.',
    'Check the kubeconfig and the network; `sluice doctor` tests it.',
  ),
  AUDIT_UNAVAILABLE: entry(
    503,
    6,
    false,
    'The audit log cannot be written, so nothing was changed.',
    'Make the file writable, or set SLUICE_AUDIT_LOG to another path or to stderr.',
  ),
  JOURNAL_UNAVAILABLE: entry(
    503,
    6,
    true,
    'The journal cannot be read or written.',
    'Make the file writable, start PostgreSQL, or set SLUICE_JOURNAL; `sluice doctor` tests it.',
  ),
  TEMPORAL_UNREACHABLE: entry(503, 6, true, 'Temporal does not answer.', 'Start Temporal, or set TEMPORAL_ADDRESS.'),
  PROMETHEUS_UNREACHABLE: entry(
    503,
    6,
    true,
    'Prometheus does not answer.',
    'Start Prometheus, or set SLUICE_PROMETHEUS_URL.',
  ),
  PROMETHEUS_DENIED: entry(
    502,
    6,
    true,
    'Prometheus, or a proxy in front of it, refuses the credentials.',
    'Correct SLUICE_PROMETHEUS_BEARER_TOKEN, SLUICE_PROMETHEUS_USERNAME and its password, or SLUICE_PROMETHEUS_HEADERS.',
  ),
  QUERY_FAILED: entry(502, 6, true, 'Prometheus refused the query.', 'Check the query in the message.'),
  TRAEFIK_UNREACHABLE: entry(503, 6, true, 'A Traefik API does not answer.', 'Check SLUICE_TRAEFIK_API_URLS.'),
  SANDBOX_FAILED: entry(
    500,
    1,
    false,
    'An operation of the sandbox failed.',
    'Call `sluice sandbox status`; `sluice sandbox logs <part>` shows why a part failed.',
  ),
  CONFIG_INVALID: entry(400, 2, false, 'A setting is not valid.', 'Correct the named setting.'),
  INTERNAL: entry(500, 1, true, 'An unknown error occurred.', 'See the log of the process for details.'),
} as const satisfies Record<string, ErrorEntry>;
