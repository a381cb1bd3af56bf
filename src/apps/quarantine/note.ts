import { z } from 'zod';
import { readAddress } from '../../edge/commands/address.ts';
import type { QuarantineNote } from '../../edge/quarantine.ts';
import type { Mailbox } from '../../wire/smtp/path.ts';

/** The mailbox of an address as people read it, with its bytes as the wire has them (RFC 6531 §3.3); null if it is none. */
export function mailboxOf(address: string): Mailbox | null {
  return readAddress(`TO:<${Buffer.from(address, 'utf8').toString('latin1')}>`, 'TO:')?.mailbox ?? null;
}

const address = z.string().refine((text) => mailboxOf(text) !== null);
/** A parameter as it came: nothing that could end the line it goes into. */
const parameter = z
  .string()
  .regex(/^[!-<>-~\x80-\xff]+$/)
  .nullable();

const note = z
  .object({
    schema: z.literal('mailward/quarantined/1'),
    id: z.string(),
    session: z.string(),
    at: z.string(),
    direction: z.enum(['in', 'out']),
    peer: z.string(),
    port: z.int(),
    hello: z.string().regex(/^[!-~]*$/),
    extended: z.boolean(),
    sender: z.union([z.literal(''), address]),
    onwardSender: address.nullable(),
    recipients: z.array(address).min(1),
    parameters: z.object({
      size: z.number().nullable(),
      body: z.enum(['7BIT', '8BITMIME']).nullable(),
      smtpUtf8: z.boolean(),
      requireTls: z.boolean(),
      ret: parameter,
      envid: parameter,
    }),
    deliveries: z.array(z.object({ notify: parameter, orcpt: parameter, onward: address.nullable() })),
    traceSize: z.int().nonnegative(),
    score: z.number(),
    hits: z.array(z.object({ rule: z.string(), because: z.string() })),
    answer: z.enum(['refuse', 'accept']),
  })
  .refine(({ recipients, deliveries }) => recipients.length === deliveries.length);

/** Reads the note of a message that was kept back; null if it is none, as when somebody wrote in the file. */
export function readNote(given: unknown): QuarantineNote | null {
  const read = note.safeParse(given);
  return read.success ? (read.data satisfies QuarantineNote) : null;
}
