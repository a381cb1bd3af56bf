/** Letters, and what may be wrong with them. */
import type { Change } from './words.ts';

export const LETTERS = [
  'Subject: one\r\nFrom: Carol <carol@sender.test>\r\n\r\nHello.\r\n',
  'From: carol@sender.test\r\nTo: alice@example.test\r\nSubject: dots\r\n\r\n..\r\n..MAIL\r\n...\r\n. x\r\n\r\nend\r\n'.replace(
    '\r\n. x',
    '\r\n.. x',
  ),
  'Subject: folded\r\n\tsubject\r\nFrom: carol@sender.test\r\nX-Long:\r\n a\r\n b\r\n\r\n\r\n\r\nblank lines\r\n\r\n',
];

const body =
  (change: (text: string) => string): Change =>
  (unit) =>
    `${change(unit.slice(0, -3))}.\r\n`;
const header =
  (lines: string): Change =>
  (unit) =>
    `${lines}${unit}`;

/** Whole texts behind DATA; the unit is an honest one. */
export const TEXTS: readonly Change[] = [
  () => '.\r\n',
  () => '\r\n.\r\n',
  () => '..\r\n.\r\n',
  () => 'no header at all\r\n.\r\n',
  () => 'no header\r\n\r\nat all\r\n.\r\n',
  () => '\r\nSubject: behind the blank line\r\n.\r\n',
  () => ' Subject: folded first line\r\n\r\nx\r\n.\r\n',
  () => 'Subject: no body\r\n.\r\n',
  () => 'Subject: x\r\n\r\n.x\r\n.\r\n',
  () => 'Subject: x\r\n\r\n. \r\n.\r\n',
  () => 'Subject: x\r\n\r\n.\t\r\n.\r\n',
  () => 'Subject: x\r\n.Y: dotted field\r\n\r\nx\r\n.\r\n',
  header('From eve@sender.test Mon Jan  1 00:00:00 2024\r\n'),
  header('>From eve@sender.test\r\n'),
  header('From: eve@sender.test\r\n'),
  header('From : eve@sender.test\r\n'),
  header('Subject : blank\r\n'),
  header(': no name\r\n'),
  header('no colon\r\n'),
  header('X\xe9: name\r\n'),
  header('X: \xe9\xff\r\n'),
  header('X: \xc3\xa9\r\n'),
  header('X: a\x01b\x7f\r\n'),
  header('X: a\0b\r\n'),
  header('X: a\rb\r\n'),
  header('X: a\nb\r\n'),
  header('X:\r\n \r\n y\r\n'),
  header('Bcc: eve@sender.test\r\n'),
  header('Return-Path: <eve@sender.test>\r\nDelivery-Date: x\r\nEnvelope-To: y\r\n'),
  header('Content-Length: 5\r\nStatus: R\r\n'),
  header('Content-Type: text/plain\r\nContent-Type: text/html\r\n'),
  header('To: undisclosed-recipients:;\r\nCc: a@b c@d\r\n'),
  header('Received: from a by b; x\r\n'.repeat(60)),
  header('Received: from a by b; x\r\n'.repeat(120)),
  header(`X: ${'z'.repeat(990)}\r\n`),
  header(`X: ${'z'.repeat(1_200)}\r\n`),
  header('X: y\r\n'.repeat(1_200)),
  body((text) => `${text}caf\xe9 \xff\r\n`),
  body((text) => `${text}caf\xc3\xa9\r\n`),
  body((text) => `${text}control \x01 \x1b \x0b \x0c \x7f\r\n`),
  body((text) => `${text}nul \0\r\n`),
  body((text) => `${text}cr \r in it\r\n`),
  body((text) => `${text}lf \n in it\r\n`),
  body((text) => `${text}blank end \t \r\n`),
  body((text) => `${text}${'w'.repeat(998)}\r\n`),
  body((text) => `${text}${'w'.repeat(999)}\r\n`),
  body((text) => `${text}${'w'.repeat(2_048)}\r\n`),
  body((text) => `${text}${'w'.repeat(5_000)}\r\n`),
  body((text) => `${text}${'w'.repeat(9_000)}\r\n`),
  body((text) => `${text}${'w w w w w w w w w w w w w w w w w w w w w w w w w w w w w w w w w\r\n'.repeat(310)}`),
  body((text) => `${text}${'v v v v v v v v v v v v v v v v v v v v v v v v v v v v v v v v v\r\n'.repeat(700)}`),
  body((text) => `${text}${'\r\n'.repeat(500)}`),
  body((text) => `${text}${'..\r\n'.repeat(500)}`),
];

/** Everything that some server took for the end of a message, and its neighbours. */
export const FALSE_ENDINGS = [
  ...['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r.\r\n', '\r\n.\r', '\r\r\n.\r\r\n', '\r\n\0.\r\n', '\r\n.\0\r\n'],
  ...[
    '\n\n.\r\n',
    '\n.\r',
    '\r.\n',
    '\r\n.\r\r\n',
    '\n\r.\r\n',
    '\r\n.\n\r\n',
    '\n.\n\r\n',
    '\r\n.\r\n',
    '\r\n..\r\n',
    '\r\n. \r\n',
  ],
];
