import type { ScanTools } from '../probe.ts';
import type { Asked } from './mail-map.ts';

/** TXT records kept of one name, and characters of each: a zone must not decide how large a dossier is. */
const TXT_KEPT = 20;
const TXT_LENGTH = 4_096;

/** Asks for the TXT records of a name that are `wanted`. Records that begin otherwise are no policy records, whatever they hold. */
export async function askTexts(
  name: string,
  wanted: (text: string) => boolean,
  tools: ScanTools,
): Promise<Asked<readonly string[]>> {
  const answer = await tools.resolver.query(name, 'TXT', tools.signal === undefined ? {} : { signal: tools.signal });
  if (answer.status === 'failed') return { state: 'unknown', reason: answer.reason, detail: answer.detail };
  if (answer.status !== 'found') return { state: 'known', value: [] };
  const texts = answer.records.flatMap((record) => (record.type === 'TXT' && wanted(record.text) ? [record.text] : []));
  return { state: 'known', value: texts.slice(0, TXT_KEPT).map((text) => text.slice(0, TXT_LENGTH)) };
}
