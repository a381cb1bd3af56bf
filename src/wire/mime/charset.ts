import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import iconv from 'iconv-lite';

type Decode = (bytes: Uint8Array) => string;

/** Names beyond this many are looked up anew each time, so that invented names do not fill memory. */
const CACHED_NAMES = 200;
const NAME_MAX = 60;

const decoders = new Map<string, Decode | null>();

/** Names that senders use and neither library knows. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['ansi_x3.110-1983', 'iso-8859-1'],
  ['cp-850', 'cp850'],
  ['unicode-1-1-utf-7', 'utf-7'],
  ['x-mac-roman', 'macintosh'],
  ['utf8mb4', 'utf-8'],
  ['ks_c_5601-1992', 'euc-kr'],
  ['x-user-defined', 'windows-1252'],
]);

/** Names that say nothing about the bytes, so that those are asked. */
const UNSAID: ReadonlySet<string> = new Set([
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'unknown-8bit',
  'x-unknown',
  'unknown',
  '8bit',
]);

/**
 * Text in a named charset, by TextDecoder or else iconv-lite; null if the name is not known. Wrong bytes become U+FFFD. Where the name
 * says ASCII and the bytes are not, they are read as UTF-8 or else Windows-1252, as clients do.
 */
export function decodeCharset(bytes: Uint8Array, charset: string): string | null {
  const name = charset.trim().toLowerCase().slice(0, NAME_MAX);
  let decode = decoders.get(name);
  if (decode === undefined) {
    decode = decoderFor(name);
    if (decoders.size < CACHED_NAMES) decoders.set(name, decode);
  }
  return decode === null ? null : decode(bytes);
}

/** True if the charset's bytes below 128 do not mean what they mean in ASCII: a filter that looks at bytes sees another text. */
export function hidesAscii(charset: string): boolean {
  return /^(?:utf-?(?:7|16|32)|unicode|ucs|hz|iso-2022-kr|cp(?:037|500|1026)|ibm(?:037|500|1026)|ebcdic)/i.test(
    charset.trim(),
  );
}

/** True if bytes below 128 are ASCII in the charset, without shifts or other exceptions; also where none is named. */
export function keepsAscii(charset: string | null): boolean {
  return charset === null || /^(?:us-ascii|ascii|utf-?8|iso-8859-\d{1,2}|windows-125\d)$/.test(charset);
}

/** Bytes that are looked at here; more of them are left to the engine, which is faster once it has begun. */
const FEW = 4096;

export function isAsciiBetween(bytes: Uint8Array, start: number, end: number): boolean {
  const near = Math.min(end, start + FEW);
  for (let at = start; at < near; at++) if ((bytes[at] as number) > 127) return false;
  return near >= end || isAscii(bytes.subarray(near, end));
}

function decoderFor(name: string): Decode | null {
  if (UNSAID.has(name)) return guessText;
  if (name === 'hz' || name === 'hz-gb-2312') return (bytes) => shifted(bytes, 'gbk', HZ);
  if (name === 'iso-2022-kr' || name === 'csiso2022kr') return (bytes) => shifted(bytes, 'euc-kr', SHIFT_OUT);
  if (name === 'utf-16' || name === 'utf16') return decodeUtf16;
  const known = ALIASES.get(name) ?? name;
  try {
    const decoder = new TextDecoder(known);
    return (bytes) => decoder.decode(bytes);
  } catch {
    return iconv.encodingExists(known) ? (bytes) => iconv.decode(Buffer.from(bytes), known) : null;
  }
}

const utf16le = new TextDecoder('utf-16le');
const utf16be = new TextDecoder('utf-16be');

/** UTF-16 by its byte order mark; without one big-endian (RFC 2781 §4.3), unless the zero bytes of plain text say otherwise. */
function decodeUtf16(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16le.decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16be.decode(bytes);
  return bytes[1] === 0 && bytes[0] !== 0 ? utf16le.decode(bytes) : utf16be.decode(bytes);
}

interface Shift {
  /** What turns the upper half on and off. */
  readonly on: string;
  readonly off: string;
}
const HZ: Shift = { on: '~{', off: '~}' };
const SHIFT_OUT: Shift = { on: '\x0e', off: '\x0f' };

/** Text whose two-byte characters stand in seven bits between shifts (RFC 1843, RFC 1557), read through the eight-bit charset. */
function shifted(bytes: Uint8Array, charset: string, shift: Shift): string {
  const text = Buffer.from(bytes).toString('latin1');
  const out: Buffer[] = [];
  for (const [index, piece] of text.split(shift.on).entries()) {
    const off = index === 0 ? 0 : piece.indexOf(shift.off);
    const high = off === -1 ? piece.length : off;
    const raised = Buffer.from(piece.slice(0, high), 'latin1');
    for (let at = 0; at < raised.length; at++) (raised[at] as number) |= raised[at] === 0x0a ? 0 : 0x80;
    const rest = index === 0 || off === -1 ? piece.slice(high) : piece.slice(off + shift.off.length);
    out.push(raised, Buffer.from(rest, 'latin1'));
  }
  // RFC 1557: the header sequence ESC $ ) C names the set once and is no text.
  return new TextDecoder(charset).decode(Buffer.concat(out)).replaceAll('\x1b$)C', '');
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');

/** Text of unknown charset: UTF-8 where the bytes are that, else Windows-1252. */
export function guessText(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes);
  }
}
