/** Text as the value of a header. What none can hold is written as Base64, in the form of revision 2026-07-28. */
export function headerText(text: string): string {
  const plain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?base64?');
  return plain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

/** The text of a header. Undefined if its Base64 is not valid. */
export function textOfHeader(value: string): string | undefined {
  const coded = /^=\?base64\?(.*)\?=$/s.exec(value.trim())?.[1];
  if (coded === undefined) return value.trim();
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(coded)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(coded, 'base64'));
  } catch {
    return undefined;
  }
}
