import { z } from 'zod';
import { cleanText } from '../domain/safe-text.ts';
import type { WindowState } from '../domain/windows/state.ts';

/** Whether the windows of a target are open, as every interface shows it. */
export const windowFields = {
  open: z.boolean(),
  reason: z.string(),
  by: z.array(z.string()),
  changes_at: z.string().optional(),
  on_close: z.string().optional(),
};

export const windowView = z.strictObject(windowFields);

export function toWindow(state: WindowState): z.output<typeof windowView> {
  return {
    open: state.open,
    reason: cleanText(state.reason),
    by: [...state.by],
    ...(state.changesAt === undefined ? {} : { changes_at: new Date(state.changesAt).toISOString() }),
    ...(state.onClose === undefined ? {} : { on_close: state.onClose }),
  };
}
