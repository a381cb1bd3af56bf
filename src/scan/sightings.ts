import type { Sighting, SightingKind } from '../platform/sighting.ts';
import type { Reply } from '../wire/smtp/reply.ts';
import type { EndpointDossier } from './dossier.ts';
import type { BounceReport } from './probes/bounce-seen.ts';
import type { VisitSeen, VisitStep } from './probes/visit-seen.ts';

/** Under which name identification knows the answer to each step. A step that tells nothing of the product is absent. */
const KIND_OF_STEP: { readonly [S in VisitStep]?: SightingKind } = {
  greeting: 'smtp.banner',
  ehlo: 'smtp.ehlo',
  help: 'smtp.help',
  vrfy: 'smtp.vrfy',
  unknown: 'smtp.unknown',
  starttls: 'smtp.starttls',
  ehloAfterTls: 'smtp.ehlo',
  mail: 'smtp.mailfrom',
  recipient: 'smtp.rcptto',
  rset: 'smtp.rset',
  quit: 'smtp.quit',
};

/** What an endpoint showed, in the words that identification reads. The order is that of the visit. */
export function sightingsOf({ seen }: EndpointDossier): Sighting[] {
  return [
    ...(seen.visit === undefined ? [] : sightingsOfVisit(seen.visit)),
    ...(seen.bounce?.report == null ? [] : sightingsOfReport(seen.bounce.report)),
  ];
}

/** A report shows its writer by header and words. */
function sightingsOfReport({ header, text }: BounceReport): Sighting[] {
  return [
    { kind: 'header', text: header },
    { kind: 'ndr', text },
  ];
}

function sightingsOfVisit({ steps }: VisitSeen): Sighting[] {
  const found: Sighting[] = [];
  for (const [step, kind] of Object.entries(KIND_OF_STEP) as [VisitStep, SightingKind][]) {
    const exchange = steps[step];
    // EHLO inside TLS differs from the first by what TLS changes; its order tells the same, and must not count twice.
    if (exchange === undefined || (step === 'ehloAfterTls' && steps.ehlo !== undefined)) continue;
    found.push({ kind, text: replyAsSent(exchange.reply) });
  }
  return found;
}

/** The reply with its codes, lines joined by LF. */
function replyAsSent({ code, lines }: Reply): string {
  return lines.map((line, index) => `${code}${index === lines.length - 1 ? ' ' : '-'}${line}`).join('\n');
}
