import { TextDecoder } from 'node:util';
import iconv from 'iconv-lite';

const decoders = new Map<string, TextDecoder | null>();

/** Text in a named charset, by TextDecoder or else iconv-lite; null if neither knows the name. Wrong bytes become U+FFFD. */
export function decodeCharset(bytes: Uint8Array, charset: string): string | null {
  const name = charset.trim().toLowerCase();
  let decoder = decoders.get(name);
  if (decoder === undefined) {
    try {
      decoder = new TextDecoder(name);
    } catch {
      decoder = null;
    }
    if (decoders.size < 200) decoders.set(name, decoder);
  }
  if (decoder !== null) return decoder.decode(bytes);
  return iconv.encodingExists(name) ? iconv.decode(Buffer.from(bytes), name) : null;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Text of unknown charset: UTF-8 where the bytes are that, else Windows-1252. */
export function guessText(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return decodeCharset(bytes, 'windows-1252') as string;
  }
}
