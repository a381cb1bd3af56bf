import { type ReportAddress, reportAddresses } from './report-address.ts';
import { quote, type RecordFault, readTagList, tagOffset, tagValue } from './tag-list.ts';

/** A TLS reporting record (RFC 8460 §3). */
export interface TlsRptRecord {
  readonly reportTo: readonly ReportAddress[];
}

export function isTlsRpt(text: string): boolean {
  return /^v=TLSRPTv1[ \t]*(?:;|$)/.test(text);
}

export function readTlsRpt(text: string): TlsRptRecord | RecordFault {
  if (!isTlsRpt(text)) return { fault: 'does not begin with "v=TLSRPTv1;"', at: 0 };
  const tags = readTagList(text);
  if ('fault' in tags) return tags;
  const rua = tagValue(tags, 'rua');
  if (rua === undefined) return { fault: 'has no rua', at: 0 };
  const at = tagOffset(tags, 'rua');
  const reportTo = reportAddresses(rua);
  const odd = reportTo.find(({ uri, domain }) => domain === null && !/^https:\/\/[^\s/]+/i.test(uri));
  if (reportTo.length === 0) return { fault: 'has an empty rua', at };
  if (odd !== undefined) return { fault: `has a rua of ${quote(odd.uri)}, which is neither mailto: nor https:`, at };
  return { reportTo };
}
