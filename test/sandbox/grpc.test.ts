import { afterEach, expect, test } from '@jest/globals';

import { GrpcCaller } from '../../sandbox/load/grpc.ts';
import { listenGrpc, type GrpcAnswer } from '../../sandbox/node-agent/grpc.ts';
import { claimPorts } from '../../sandbox/processes/ports.ts';

let server: { close(): void } | undefined;
let after: (() => Promise<void>) | undefined;
afterEach(async () => {
  server?.close();
  await after?.();
});

const answer = (changes: Partial<GrpcAnswer>): GrpcAnswer => ({
  version: 'v2',
  fails: false,
  breaksOff: false,
  delayMs: 1,
  ...changes,
});

// Statuses of gRPC: 0 OK, 13 INTERNAL, 14 UNAVAILABLE.
test.each([
  ['a good call', answer({}), { code: 0, version: 'v2' }],
  ['a call that fails before its message', answer({ fails: true }), { code: 14, version: 'none' }],
  ['a call that fails after its message', answer({ breaksOff: true }), { code: 13, version: 'v2' }],
  ['a Service without a pod', undefined, { code: 14, version: 'none' }],
])('%s ends with its status', async (_what, given, expected) => {
  const { ports, release } = await claimPorts(['grpc']);
  const port = ports['grpc'] as number;
  after = release;
  server = await listenGrpc('127.0.0.1', port, () => given);

  expect(await new GrpcCaller().call(`127.0.0.1:${port}`, 'shop.shop.local')).toEqual(expected);
});
