import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** A labelled message of the bounce corpus. Absent labels are undefined: nothing is measured that nobody asserted. */
export interface Labelled {
  readonly id: string;
  /** Who sent it: the unit of cross-checking. */
  readonly family: string;
  readonly bytes: Buffer;
  readonly isBounce: boolean | undefined;
  readonly recipients: readonly LabelledRecipient[];
}

export interface LabelledRecipient {
  readonly address: string | undefined;
  readonly status: string | undefined;
  readonly replyCode: string | undefined;
  readonly reason: string | undefined;
}

/** Reasons that newer versions of the field's vocabulary have renamed. */
const RENAMED: Readonly<Record<string, string>> = {
  toomanyconn: 'rateLimited',
  speeding: 'rateLimited',
  ratelimited: 'rateLimited',
  mesgtoobig: 'emailtoolarge',
  exceedlimit: 'emailtoolarge',
};

interface SisimaiRow {
  readonly id: string;
  readonly raw: string;
  readonly module: string;
  readonly kind: string;
  readonly expected:
    | readonly {
        readonly recipient_silver?: string;
        readonly deliverystatus: string;
        readonly status_is_pseudo: boolean;
        readonly replycode: string;
        readonly reason: string;
      }[]
    | null;
}

interface OtherRow {
  readonly id: string;
  readonly raw: string;
  readonly kind: string;
  readonly expected: {
    readonly permanent_recipients?: readonly string[];
    readonly temporary_recipients?: readonly string[];
    readonly addresses?: readonly string[];
    readonly is_bounce?: boolean;
    readonly status?: string;
    readonly smtp_code?: string | number | null;
  } | null;
}

/** Reads the labelled messages of a corpus folder, set by set. */
export async function labelledMessages(folder: string): Promise<Labelled[]> {
  const all: Labelled[] = [];
  for await (const row of rows<SisimaiRow>(`${folder}/ndr/sisimai.jsonl.gz`)) all.push(sisimai(row));
  for (const set of ['flufl', 'bounceparser', 'misc']) {
    for await (const row of rows<OtherRow>(`${folder}/ndr/${set}.jsonl.gz`)) all.push(other(row, set));
  }
  return all;
}

export async function* rows<Row>(path: string): AsyncGenerator<Row> {
  const source = createReadStream(path);
  const text = path.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  for await (const line of createInterface({ input: text })) if (line !== '') yield JSON.parse(line) as Row;
}

function sisimai(row: SisimaiRow): Labelled {
  return {
    id: row.id,
    family: row.module,
    bytes: Buffer.from(row.raw, 'latin1'),
    isBounce: bounceLabel(
      row.kind,
      row.expected?.map((one) => one.reason),
    ),
    recipients: (row.expected ?? []).map((one) => ({
      address: standsIn(one.recipient_silver, row.raw) ? one.recipient_silver : undefined,
      status: one.status_is_pseudo || one.deliverystatus === '' ? undefined : one.deliverystatus,
      replyCode: one.replycode === '' ? undefined : one.replycode,
      reason: one.reason === 'delivered' ? undefined : currentReason(one.reason),
    })),
  };
}

/** A reason by the name it has today. */
export function currentReason(reason: string): string {
  return RENAMED[reason] ?? reason;
}

/**
 * True for an address that the message can have told. The addresses of this set come from a program and not from a person: some were made up, and
 * some lost a character. Where a body is encoded the address cannot be looked for, and is believed.
 */
function standsIn(address: string | undefined, raw: string): address is string {
  if (address === undefined || address.endsWith('@libsisimai.org.invalid')) return false;
  if (/^content-transfer-encoding:\s*(?:base64|quoted-printable)/im.test(raw)) return true;
  const text = raw.toLowerCase();
  const wanted = Buffer.from(address, 'utf8').toString('latin1').toLowerCase();
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1))
    if (!/[a-z0-9]/.test(text.charAt(at - 1)) && !/[a-z0-9]/.test(text.charAt(at + wanted.length))) return true;
  // Some reports name a local part only, and the program adds the domain.
  return !text.includes(wanted) && text.includes(wanted.slice(0, wanted.indexOf('@')));
}

function bounceLabel(kind: string, reasons: readonly string[] | undefined): boolean | undefined {
  // A report of success is labelled with the bounces of its folder; it is none.
  if (reasons?.every((reason) => reason === 'delivered' || reason === 'feedback') === true && reasons.length > 0)
    return false;
  if (kind === 'bounce') return true;
  return kind === 'autoreply' || kind === 'not-bounce' || kind === 'arf' ? false : undefined;
}

function other(row: OtherRow, set: string): Labelled {
  const { expected } = row;
  const addresses = [
    ...(expected?.permanent_recipients ?? []),
    ...(expected?.temporary_recipients ?? []),
    ...(expected?.addresses ?? []),
  ];
  const code = expected?.smtp_code;
  return {
    id: row.id,
    family: set,
    bytes: Buffer.from(row.raw, 'latin1'),
    isBounce:
      expected?.is_bounce ??
      (row.kind === 'bounce' ? true : row.kind === 'not-bounce' || row.kind === 'arf' ? false : undefined),
    recipients: addresses.map((address, index) => ({
      address,
      status: index === 0 ? expected?.status : undefined,
      replyCode: index === 0 && code !== undefined && code !== null && code !== '' ? String(code) : undefined,
      reason: undefined,
    })),
  };
}
