import type { Identity } from '../finding/identity.ts';
import type { Disclosure } from '../finding/ndr-report.ts';
import { SEVERITIES } from '../finding/rule.ts';
import { type Received, readReceived } from '../wire/dsn/received.ts';
import type { SeenField, SeenMessage, SeenReceived, TelltaleFields } from './clue.ts';
import { clues } from './clues/index.ts';
import type { Material } from './material.ts';

/** More disclosures than this of one message are left out: a reader has seen enough. */
const MAX_DISCLOSURES = 500;
const MAX_RECEIVED = 200;
const MAX_FIELDS = 2000;

/** What writes Received lines, as the identifier names it. */
export type ReceivedSoftware = (received: Received) => SeenReceived['software'];

/** Asks every clue what the message gives away. The same value of the same kind counts once, where it stands first; the gravest come first. */
export function disclosuresOf(
  material: Material,
  newestFirst: readonly Received[],
  softwareOf: ReceivedSoftware,
  telltale: TelltaleFields,
  reporter: Identity | null,
  isReport: boolean,
): Disclosure[] {
  const seen = layOut(material, newestFirst, softwareOf, telltale, reporter, isReport);
  const found = new Map<string, Disclosure>();
  for (const clue of clues) {
    for (const disclosure of clue.find(seen)) {
      const key = `${disclosure.kind} ${disclosure.value.toLowerCase()}`;
      if (disclosure.value === '' || found.has(key)) continue;
      if (found.size === MAX_DISCLOSURES) break;
      found.set(key, disclosure);
    }
  }
  const gravestFirst: Disclosure[] = [];
  for (const severity of [...SEVERITIES].reverse())
    for (const disclosure of found.values()) if (disclosure.severity === severity) gravestFirst.push(disclosure);
  return gravestFirst;
}

function layOut(
  material: Material,
  newestFirst: readonly Received[],
  softwareOf: ReceivedSoftware,
  telltale: TelltaleFields,
  reporter: Identity | null,
  isReport: boolean,
): SeenMessage {
  const fields: SeenField[] = [];
  const received: SeenReceived[] = newestFirst.map((one, index) => ({
    received: one,
    where: `Received[${index + 1}]`,
    software: softwareOf(one),
  }));
  for (const field of material.header.fields.slice(0, MAX_FIELDS)) {
    if (field.name !== 'received')
      fields.push({ name: field.name, value: material.header.valueOf(field), where: showName(field.name) });
  }
  let original = 0;
  for (const { name, value } of material.originalFields.slice(0, MAX_FIELDS)) {
    if (name !== 'received') fields.push({ name, value, where: `original ${showName(name)}` });
    else if (++original <= MAX_RECEIVED) {
      const one = readReceived(value);
      received.push({ received: one, where: `original Received[${original}]`, software: softwareOf(one) });
    }
  }
  const status = material.status;
  for (const { name, value } of [
    ...(status?.fields ?? []),
    ...(status?.recipients ?? []).flatMap((recipient) => recipient.fields),
  ].slice(0, MAX_FIELDS)) {
    fields.push({ name, value, where: `delivery-status ${showName(name)}` });
  }
  const boundaries = material.message.parts.flatMap((part): SeenField[] => {
    const value = part.parameters.get('boundary');
    return value === undefined
      ? []
      : [{ name: 'boundary', value, where: part.index === 0 ? 'boundary' : `boundary of part ${part.path}` }];
  });
  return { fields, received, boundaries, lines: isReport ? material.lines : [], telltale, reporter, isReport };
}

const shownNames = new Map<string, string>();
/** Names repeat from message to message; strangers make more up. */
const MAX_SHOWN = 2000;

/** `x-spam-status` as people write it. */
function showName(name: string): string {
  let shown = shownNames.get(name);
  if (shown === undefined) {
    shown = name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`);
    if (shownNames.size < MAX_SHOWN) shownNames.set(name, shown);
  }
  return shown;
}
