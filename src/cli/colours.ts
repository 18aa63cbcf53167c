import picocolors from 'picocolors';

/** Colours on terminals only. The package alone would also colour pipes if CI is set. */
export const colours = picocolors.createColors(process.stdout.isTTY === true && picocolors.isColorSupported);
