import { X509Certificate } from 'node:crypto';
import type { Sighting, SightingKind } from '../platform/sighting.ts';
import type { Reply } from '../wire/smtp/reply.ts';
import type { EndpointDossier } from './dossier.ts';
import type { BounceReport } from './probes/bounce-seen.ts';
import type { VisitSeen, VisitStep } from './probes/visit-seen.ts';
import { fieldOf, type WebPage, type WebSeen } from './probes/web-seen.ts';

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
    ...(seen.web === undefined ? [] : sightingsOfWeb(seen.web)),
  ];
}

/** A report shows its writer by header and words. */
function sightingsOfReport({ header, text }: BounceReport): Sighting[] {
  return [
    { kind: 'header', text: header },
    { kind: 'ndr', text },
  ];
}

function sightingsOfWeb({ pages }: WebSeen): Sighting[] {
  return pages.flatMap(sightingsOfPage);
}

/** What a page shows. A page that is not there tells what the web server is, and nothing of what might be there. */
function sightingsOfPage(page: WebPage): Sighting[] {
  const { fields, body, status } = page;
  const server = fieldOf(page, 'server');
  const title = /<title[^>]{0,200}>([^<]{1,300})/i.exec(body)?.[1]?.trim();
  return [
    ...(server === null ? [] : [{ kind: 'http.server', text: server } as const]),
    { kind: 'http.header', text: fields.map(([name, value]) => `${name}: ${value}`).join('\n') },
    ...fields.flatMap(([name, value]) =>
      name === 'set-cookie' ? [{ kind: 'http.cookie', text: value } as const] : [],
    ),
    ...(title === undefined || status >= 400 ? [] : [{ kind: 'http.title', text: title } as const]),
    ...(body === '' || status >= 400 ? [] : [{ kind: 'http.body', text: body } as const]),
  ];
}

/** Who a certificate says that it was made for and by, in words: its host names are the owner's and name no product. */
function sightingsOfCertificate(base64: string | undefined): Sighting[] {
  if (base64 === undefined) return [];
  try {
    const { subject, issuer } = new X509Certificate(Buffer.from(base64, 'base64'));
    const names = `${subject ?? ''}\n${issuer ?? ''}`.split('\n').filter((line) => /^(?:O|OU|CN)=/.test(line));
    const words = [...new Set(names.map((line) => line.slice(line.indexOf('=') + 1)))];
    const text = words.filter((word) => !/^\S*\.\S*$/.test(word)).join('\n');
    return text === '' ? [] : [{ kind: 'certificate', text }];
  } catch {
    return [];
  }
}

function sightingsOfVisit({ steps, tls }: VisitSeen): Sighting[] {
  const found: Sighting[] = tls?.state === 'established' ? sightingsOfCertificate(tls.chain[0]) : [];
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
