/** A text with the person behind it, unless the text names them already. */
export function withWho(text: string, who: string | undefined): string {
  return who === undefined || text.includes(who) ? text : `${text} (${who})`;
}

/** What a person did, to follow their name: "aborted by ada: slow" becomes "aborted: slow". */
export function withoutWho(text: string, who: string): string {
  return text.replace(` by ${who}`, '');
}
