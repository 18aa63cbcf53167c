export { delivery } from './delivery.ts';
export { guard } from './guard.ts';
export { queue } from './queue.ts';
export { release } from './release.ts';
export { startRelease } from './start-release.ts';
