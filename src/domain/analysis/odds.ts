/** Formats an e-value as betting odds. `log`: its natural logarithm. */
export function odds(log: number): string {
  if (log > 16) return 'over 10 million to 1';
  const value = Math.exp(log);
  if (log < 0) return `1 to ${value < 1e-6 ? 'over a million' : figure(1 / value)}`;
  return `${figure(value)} to 1`;
}

function figure(value: number): string {
  return value < 10 ? String(Number(value.toFixed(1))) : Math.round(value).toLocaleString('en');
}
