import { resolve } from 'node:path';
import type { Settings } from '../config/schema.ts';

export const tokenPath = ({ home, tokenFile }: Pick<Settings, 'home' | 'tokenFile'>): string =>
  resolve(home, tokenFile);
export const keysPath = ({ home, keys }: Settings): string => resolve(home, keys);
