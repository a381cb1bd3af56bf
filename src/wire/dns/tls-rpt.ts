import { type ReportAddress, reportAddresses } from './dmarc.ts';
import { type RecordFault, readTagList, tagValue } from './tag-list.ts';

/** A TLS reporting record (RFC 8460 §3). */
export interface TlsRptRecord {
  readonly reportTo: readonly ReportAddress[];
}

export function isTlsRpt(text: string): boolean {
  return /^v=TLSRPTv1\s*(?:;|$)/.test(text);
}

export function readTlsRpt(text: string): TlsRptRecord | RecordFault {
  if (!isTlsRpt(text)) return { fault: 'does not begin with "v=TLSRPTv1;"', at: 0 };
  const tags = readTagList(text);
  if ('fault' in tags) return tags;
  const rua = tagValue(tags, 'rua');
  if (rua === undefined) return { fault: 'has no rua', at: 0 };
  const reportTo = reportAddresses(rua);
  const odd = reportTo.find(({ uri }) => !/^(?:mailto:[^@\s]+@\S+|https:\/\/\S+)$/i.test(uri));
  if (reportTo.length === 0 || odd !== undefined)
    return { fault: 'has a rua that is neither mailto: nor https:', at: text.indexOf('rua') };
  return { reportTo };
}
