export { guard } from './guard.ts';
export { release } from './release.ts';
