/**
 * An e-process as the wealth of a gambler. One part bets in every block. The rest is a reserve that can start betting
 * later. The sum is the mixture of the bets that began at every time, so it stays an e-process, and a series of losses
 * cannot reduce it to zero. Amounts are logarithms, because they may exceed the range of a double. At the start the sum
 * is 1.
 */
export interface Wealth {
  readonly betting: number;
  readonly reserve: number;
}

/** `share`: the part that bets from the start, 0 < share < 1. */
export function newWealth(share: number): Wealth {
  return { betting: Math.log(share), reserve: Math.log(1 - share) };
}

/** Moves a part of the reserve, 0…1, to the betting part. The part must not depend on the next block. */
export function stake({ betting, reserve }: Wealth, part: number): Wealth {
  return part <= 0
    ? { betting, reserve }
    : { betting: logSum(betting, reserve + Math.log(part)), reserve: reserve + Math.log(1 - part) };
}

/** `logFactor`: logarithm of the e-value of the bets of one block. */
export function bet({ betting, reserve }: Wealth, logFactor: number): Wealth {
  return { betting: betting + logFactor, reserve };
}

/** Natural logarithm of the e-value. */
export function logE({ betting, reserve }: Wealth): number {
  return logSum(betting, reserve);
}

export function logSum(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log(Math.exp(a - most) + Math.exp(b - most));
}
