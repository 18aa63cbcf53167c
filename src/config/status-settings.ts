import { z } from 'zod';
import { setting } from '../contract/setting.ts';
import { integer } from './integer.ts';

/** The pages for probes and for Prometheus. */
export const STATUS_SETTINGS = {
  statusPort: setting(
    'SLUICE_STATUS_PORT',
    integer(0, 65535) as z.ZodType<number | undefined, string>,
    undefined,
    'Port of the pages /healthz, /readyz and /metrics of a server or worker, without credentials; unset: none, 0: a free one.',
  ),
  statusHost: setting(
    'SLUICE_STATUS_HOST',
    z.string().trim().min(1),
    '127.0.0.1',
    'Address that the port of these pages binds to.',
  ),
} as const;
