import type { Finding } from '../recipients.ts';
import type { Form } from './form.ts';

const MAX_NAMES = 100;
const ANNOUNCES =
  /(?:following|these|this|failed)\b.{0,60}\b(?:recipients?|addresse?s?|users?)|could not be delivered/i;

/** AOL and others who serve one domain list bare names after an announcing line; the domain is the reporter's own. */
export const screenNames: Form = {
  name: 'screen-names',
  recognises: (material) => namesIn(material.lines).length > 0 && domainOf(material.header.raw('from')) !== undefined,
  read(material, { lhost }) {
    const domain = domainOf(material.header.raw('from'));
    return namesIn(material.lines).map(
      (name): Finding => ({
        address: `${name}@${domain}`,
        originalAddress: null,
        action: 'failed',
        status: null,
        texts: [],
        whole: [material.text],
        diagnostic: announcement(material.lines),
        remoteHost: null,
        lhost,
        form: 'screen-names',
        reason: null,
      }),
    );
  },
};

/** Indented lines of a single word right after an announcement that ends with a colon. */
function namesIn(lines: readonly string[]): string[] {
  const at = lines.findIndex((line) => /:\s*$/.test(line) && ANNOUNCES.test(line));
  if (at === -1) return [];
  const names: string[] = [];
  for (const line of lines.slice(at + 1, at + 1 + MAX_NAMES)) {
    if (line.trim() === '') {
      if (names.length > 0) break;
      continue;
    }
    const name = /^\s+<?([A-Za-z0-9][A-Za-z0-9._-]{0,63})>?\s*$/.exec(line);
    if (name === null) break;
    names.push(name[1] as string);
  }
  return names;
}

function announcement(lines: readonly string[]): string | null {
  return lines.find((line) => ANNOUNCES.test(line)) ?? null;
}

function domainOf(from: string | null): string | undefined {
  return /@([A-Za-z0-9.-]+\.[A-Za-z]{2,})/.exec(from ?? '')?.[1];
}
