import { isUtf8 } from 'node:buffer';
import { type Mailbox, showMailbox } from './path.ts';
import { fromXtext, toXtext } from './xtext.ts';

/**
 * An address as the value of ORCPT: xtext of RFC 3461 §4.2, or, with bytes above 127, the form of RFC 6533 §3 that needs no SMTPUTF8. One
 * character of the address is one byte of the wire.
 */
export function originalRecipient(mailbox: Mailbox): string {
  const text = showMailbox(mailbox);
  if (!/[\x80-\xff]/.test(text)) return `rfc822;${toXtext(text)}`;
  const points = Buffer.from(text, 'latin1').toString('utf8');
  const named = (char: string) => `\\x{${(char.codePointAt(0) as number).toString(16).toUpperCase()}}`;
  return `utf-8;${points.replace(/[^!-*,-<>-[\]-~]/gu, named)}`;
}

/** The address in an ORCPT; null if it is of another kind of mail, or no address. */
export function readOriginalRecipient(value: string): Mailbox | null {
  const [, type = '', rest = ''] = /^(rfc822|utf-8);(.+)$/is.exec(value) ?? [];
  const text = type.toLowerCase() === 'rfc822' ? fromXtext(rest) : bytesOf(rest);
  const at = text.lastIndexOf('@');
  if (at <= 0 || at === text.length - 1 || !/^[ -~\x80-\xff]*$/.test(text)) return null;
  return { local: text.slice(0, at), domain: text.slice(at + 1) };
}

/** The UTF-8 of an address of RFC 6533 §3, one character a byte. It may hold characters as they are, or by number. */
function bytesOf(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  if (!isUtf8(bytes)) return '';
  const named = bytes.toString('utf8').replace(/\\x\{([0-9A-F]{1,6})\}/g, (whole, code: string) => {
    const point = Number.parseInt(code, 16);
    return point > 0x10ffff ? whole : String.fromCodePoint(point);
  });
  return Buffer.from(named, 'utf8').toString('latin1');
}
