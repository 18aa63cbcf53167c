/**
 * An e-process as the wealth of a gambler: part of it bets in every block, the rest waits in reserve to start betting
 * anew. The sum is the mixture of the bets that began at every moment, so it stays an e-process, and no run of bad luck
 * can ruin it. Logarithms, as amounts may be beyond a double's range. At the start the sum is 1.
 */
export interface Wealth {
  readonly betting: number;
  readonly reserve: number;
}

/** `share`: part that bets from the start, 0 < share < 1. */
export function newWealth(share: number): Wealth {
  return { betting: Math.log(share), reserve: Math.log(1 - share) };
}

/** Moves a part of the reserve, 0…1, into betting. Must not depend on the block that comes next. */
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
