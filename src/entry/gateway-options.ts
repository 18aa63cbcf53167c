import { serverAddress } from '../commands/server-address.ts';
import type { Settings } from '../config/schema.ts';
import { loadTemporalSettings } from '../config/temporal.ts';
import type { GatewayOptions } from '../temporal/temporal-gateway.ts';

/** How releases are reached and started with these settings. */
export function gatewayOptions(settings: Settings): GatewayOptions {
  return { temporal: loadTemporalSettings, taskQueue: settings.taskQueue, server: serverAddress(settings) };
}
