import { readParameters } from '../../wire/mime/parameters.ts';
import type { EdgeHeader } from './header.ts';

/** Parameters of a Content-Type that are read; real ones have four. */
const PARAMETERS_MAX = 20;

/** True for a read receipt (RFC 8098 §3): it comes from the null sender to the address in From, which has no tag. */
export function isReadReceipt(header: EdgeHeader): boolean {
  const field = header.fields.find(({ name }) => name === 'content-type');
  if (field === undefined) return false;
  const { value, parameters } = readParameters(header.value(field), PARAMETERS_MAX);
  return value === 'multipart/report' && parameters.get('report-type')?.toLowerCase() === 'disposition-notification';
}
