import { decodeBase64 } from './base64.ts';
import { decodeCharset, guessText } from './charset.ts';

/** Reads the encoded words of a header text (RFC 2047), also where senders put them wrongly. What is none is left as it is. */
export function readEncodedWords(text: string): string {
  if (!text.includes('=?')) return text;
  const joined = text.replace(/(=\?[^?\s]{1,60}\?[bq]\?[^?]{0,4000}\?=)\s+(?==\?)/gi, '$1');
  return joined.replace(
    /=\?([^?\s]{1,60})\?([bq])\?([^?]{0,4000})\?=/gi,
    (whole, charset: string, kind: string, body: string) => {
      const bytes = kind === 'b' || kind === 'B' ? decodeBase64(Buffer.from(body, 'latin1')) : decodeQ(body);
      return decodeCharset(bytes, charset.split('*')[0] as string) ?? (guessText(bytes) || whole);
    },
  );
}

function decodeQ(body: string): Buffer {
  return Buffer.from(
    body
      .replaceAll('_', ' ')
      .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}
