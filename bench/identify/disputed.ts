import type { Labelled } from './labels.ts';

/** A label that says what is not so, or names no product; its answer is counted apart. */
interface Dispute {
  /** Beginning of the ids it concerns. */
  readonly id: string;
  readonly of: 'product' | 'version';
  readonly why: string;
}

const DISPUTES: readonly Dispute[] = [
  {
    id: 'recog/nntp_banners/004-',
    of: 'product',
    why: 'the label says Exchange, its own description "older Microsoft IIS NNTP servers": the NNTP service comes with Windows, with or without Exchange',
  },
  { id: 'recog/nntp_banners/005-', of: 'product', why: 'the label is the name of the protocol, NNTP' },
  { id: 'recog/smtp_banners/134-', of: 'product', why: 'the label is the name of the protocol, ESMTP' },
  {
    id: 'recog/smtp_vrfy/008-',
    of: 'product',
    why: 'the words are those of every Postfix before 2.3; nothing in them is of Symantec',
  },
  { id: 'recog/smtp_banners/053-', of: 'version', why: 'the label is 3.3 and the text v3.30.09' },
  { id: 'recog/pop_banners/022-', of: 'version', why: 'the label leaves out the V5.4J-15A that the text tells' },
  {
    id: 'recog/favicons/254-',
    of: 'version',
    why: 'every tag of 1.4 has this icon, not 1.4.13 alone',
  },
  { id: 'received/00916', of: 'version', why: 'the label took the digits of a queue id for a version' },
  { id: 'received/00917', of: 'version', why: 'the label took the digits of a queue id for a version' },
];

/** Why a label is not held against the answer; undefined if it is. */
export function disputed(label: Labelled, of: Dispute['of']): string | undefined {
  return DISPUTES.find((one) => one.of === of && label.id.startsWith(one.id))?.why;
}
