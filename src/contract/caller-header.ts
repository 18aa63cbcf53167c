/** Header of HTTP in which a caller may give its name. */
export const CALLER_HEADER = 'sluice-caller';
