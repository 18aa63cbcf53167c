import { registered, stdioGateway } from './contenders.ts';
import { firstAnswer } from './measure.ts';
import type { Programs } from './peers.ts';

/** Times from the start of a program to its first answer, in ms. */
export interface Starts {
  readonly direct: number;
  readonly sluice: number;
}

/** The upstream by itself, and behind a gateway that its client starts. */
export async function starts({ upstream }: Programs, times: number): Promise<Starts> {
  const [command = '', ...args] = upstream;
  const folder = await registered({ transport: 'stdio', command, args, env: {} });
  return {
    direct: await firstAnswer({ command, args, env: process.env }, times),
    sluice: await firstAnswer(stdioGateway(folder), times),
  };
}
