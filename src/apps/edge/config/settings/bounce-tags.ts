import { z } from 'zod';
import { domain, listOf } from './values.ts';

const name = z
  .string()
  .regex(/^[^\s@]+(?:@[^\s@]+)?$/, {
    error: 'must be an address, or what stands before its @: a@example.com, postmaster',
  })
  .transform((text) => text.toLowerCase());

/** Tags in the sender's address of what leaves, by which its bounces are told from those of letters that never left here. */
export const bounceTags = z
  .strictObject({
    keys: z
      .string()
      .min(1)
      .describe(
        'The file of keys: a digit, a blank and a secret of 16 characters or more on each line. The first makes tags, all of them verify.',
      ),
    domains: listOf(domain)
      .optional()
      .describe(
        'Whose senders are tagged: only domains all of whose mail leaves through the edge. Absent: all of `domains`.',
      ),
    plainTo: z
      .array(domain)
      .default([])
      .describe(
        'Domains of recipients that compare senders, as some mailing lists and greylists do: they see them as they are, and for eight days the sender’s bounces need no tag.',
      ),
    letIn: z
      .array(name)
      .default(['postmaster', 'abuse'])
      .describe(
        'Recipients, or what stands before their @, that get mail of the null sender which answers no letter: reports, read receipts, answers to what leaves by other ways. Absent: `postmaster` and `abuse`.',
      ),
    refuseAt: z
      .enum(['message', 'rcpt'])
      .default('message')
      .describe(
        'When an untagged bounce is refused: `message`, once it is there, so that read receipts are let in and servers that ask back hear yes; or `rcpt`, before it is sent.',
      ),
  })
  .optional()
  .describe('Bounce address tags (BATV): mail of the null sender must answer a letter that left here, or is refused.');
