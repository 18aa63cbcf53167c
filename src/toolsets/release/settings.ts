import { boolean, setting } from '../../contract/setting.ts';

export const settings = {
  requireManualPromotion: setting(
    'ARGO_REQUIRE_MANUAL_PROMOTION',
    boolean,
    true,
    'After each passed step, wait for promote.',
  ),
  autoRollback: setting(
    'ARGO_AUTO_ROLLBACK',
    boolean,
    true,
    'On a failing verdict, roll back at once; false: ask first.',
  ),
} as const;
