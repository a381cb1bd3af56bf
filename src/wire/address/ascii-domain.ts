import { domainToASCII } from 'node:url';

const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

/** A domain as A-labels in lower case (RFC 5891 §4), without a dot at its end; null if the text is none, as a whole. */
export function asciiDomain(text: string): string | null {
  // Of what is more than a name, `domainToASCII` would read the part in front.
  if (/[/?#\\%]/.test(text)) return null;
  const ascii = domainToASCII(text.replace(/\.$/, '')).toLowerCase();
  return NAME.test(ascii) ? ascii : null;
}
