import { readFile } from 'node:fs/promises';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { isIP } from 'node:net';
import { outcomeOf, type Delivered, type NewsReceiver } from '../../domain/news/delivery.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { NewsSender } from '../../ports/news.ts';
import { isPublic } from '../../config/public-address.ts';
import { publicLookup } from './addresses.ts';
import { signature } from './sign.ts';

const LIMIT_MS = 10_000;

/** Sends messages by HTTP POST. It follows no redirect and reads no body. `limitMs`: time for the whole exchange. */
export const newsSender =
  (limitMs = LIMIT_MS): NewsSender =>
  async (receiver, { id, type, body }, now) => {
    try {
      const url = await addressOf(receiver);
      const seconds = Math.floor(now / 1000);
      const headers = {
        'content-type': type,
        'content-length': String(Buffer.byteLength(body)),
        'webhook-id': id,
        'webhook-timestamp': String(seconds),
        ...(await signed(receiver, id, seconds, body)),
      };
      const status = await post(url, { headers, body, allowPrivate: receiver.allowPrivate, limitMs });
      return { outcome: outcomeOf(status), detail: `answered ${status}` };
    } catch (error) {
      return failed(error);
    }
  };

function failed(error: unknown): Delivered {
  const text = error instanceof Error ? error.message : String(error);
  return { outcome: 'failed', detail: maskSecrets(cleanText(text, 200)) };
}

async function signed({ secretFile }: NewsReceiver, id: string, seconds: number, body: string) {
  if (secretFile === undefined) return {};
  return { 'webhook-signature': signature(await secret(secretFile), id, seconds, body) };
}

async function addressOf({ url, urlFile, allowPrivate }: NewsReceiver): Promise<URL> {
  const address = new URL(url ?? (await secret(urlFile ?? '')));
  const host = address.hostname.replace(/^\[|\]$/g, '');
  if (allowPrivate) return address;
  if (address.protocol !== 'https:') throw new Error('the address is not https, and allow_private is not set');
  // No name is resolved for an address that is a number.
  if (isIP(host) !== 0 && !isPublic(host)) throw new Error(`${host} is not a public address`);
  return address;
}

/** The messages of an error name the file and never its content. */
async function secret(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim();
}

interface Post {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly allowPrivate: boolean;
  readonly limitMs: number;
}

function post(url: URL, { headers, body, allowPrivate, limitMs }: Post): Promise<number> {
  const request = url.protocol === 'https:' ? overHttps : overHttp;
  const options = { method: 'POST', headers, agent: false, ...(allowPrivate ? {} : { lookup: publicLookup }) } as const;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (answer) => {
      clearTimeout(timer);
      resolve(answer.statusCode ?? 0);
      answer.destroy();
    });
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
    sent.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}
