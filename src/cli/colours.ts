import picocolors from 'picocolors';

/** Colours for a terminal only. The package alone also colours pipes wherever CI is set. */
export const colours = picocolors.createColors(process.stdout.isTTY === true && picocolors.isColorSupported);
