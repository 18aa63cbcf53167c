import { ratio, setting } from '../../contract/setting.ts';

export const settings = {
  circuitBreakerThreshold: setting(
    'TRAEFIK_CIRCUIT_BREAKER_THRESHOLD',
    ratio,
    0.3,
    'Share of 5xx answers at which a circuit breaker opens when the call names none.',
  ),
} as const;
