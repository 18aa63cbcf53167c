import { serverAddress } from '../commands/server-address.ts';
import type { Settings } from '../config/schema.ts';
import { loadTemporalSettings } from '../config/temporal.ts';
import { isTracing } from '../observability/tracing/spans.ts';
import type { GatewayOptions } from '../temporal/temporal-gateway.ts';
import { tracedClient } from './traced-client.ts';

/** How releases are reached and started with these settings. */
export function gatewayOptions(settings: Settings): GatewayOptions {
  return {
    ...{ temporal: loadTemporalSettings, taskQueue: settings.taskQueue, server: serverAddress(settings) },
    ...(isTracing() && { interceptors: [tracedClient()] }),
  };
}
