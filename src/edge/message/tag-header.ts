import type { Passed } from '../policy.ts';

/** Rules that are named in a tag; the log names all. */
const NAMED = 20;

/**
 * The fields that tell the server behind the edge, and its users' rules, that a message is suspect; CRLF included. Strangers cannot write them:
 * the header firewall takes such fields out of what comes in.
 */
export function tagHeader({ because, score }: Passed): string {
  const rules = [...new Set(because.map(({ rule }) => rule.id))].slice(0, NAMED);
  return `X-Spam-Flag: YES\r\nX-Mailward-Verdict: tag; score=${score.toFixed(1)};\r\n\trules=${rules.join(',\r\n\t ')}\r\n`;
}
