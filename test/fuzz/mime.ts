import { atLeast } from '../../src/wire/mime/ambiguity.ts';
import { readBase64 } from '../../src/wire/mime/base64.ts';
import { decodeCharset } from '../../src/wire/mime/charset.ts';
import { embeddedFiles } from '../../src/wire/mime/embedded.ts';
import { readEncodedWords } from '../../src/wire/mime/encoded-word.ts';
import { leavesOf } from '../../src/wire/mime/leaves.ts';
import { readMessage } from '../../src/wire/mime/message.ts';
import { MessageReader } from '../../src/wire/mime/message-reader.ts';
import { readParameters } from '../../src/wire/mime/parameters.ts';
import { readQuotedPrintable } from '../../src/wire/mime/quoted-printable.ts';
import type { FuzzTarget } from './target.ts';

const seed = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const MESSAGE = seed(
  'From: a <a@b>\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?B?YQ==?=\r\n\r\nx\r\n' +
    "--b\r\nContent-Disposition: attachment; filename*0*=utf-8''a%20; filename*1=b\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD=\r\nQ\r\n--b--\r\nbegin 644 a\r\n#86)C\r\nend\r\n",
);

/** Reads whatever the bytes hold, and what else they could hold, and asks for everything that is lazy. */
function readEverything(bytes: Uint8Array): void {
  const message = readMessage(bytes);
  for (const part of message.parts) {
    part.header.all('subject');
    if (part.bodyStart > part.bodyEnd || part.bodyEnd > part.source.length) throw new Error('a body outside its bytes');
  }
  for (const leaf of leavesOf(message, ({ severity }) => atLeast(severity, 'low'))) leaf.names.join();
}

/** The same message, in pieces: nothing but the arrival may differ. */
function readInPieces(bytes: Uint8Array): void {
  const reader = new MessageReader();
  for (let at = 0; at < bytes.length; at += 37) reader.push(bytes.subarray(at, at + 37));
  const streamed = reader.end();
  const whole = readMessage(bytes);
  const shape = (message: typeof whole) =>
    JSON.stringify([
      message.parts.map(({ path, type, bodyStart, bodyEnd }) => [path, type, bodyStart, bodyEnd]),
      message.ambiguities,
    ]);
  if (shape(streamed) !== shape(whole)) throw new Error('read otherwise in pieces');
}

export const targets: readonly FuzzTarget[] = [
  { name: 'mime-message', seeds: [MESSAGE], alphabet: '-b=;:"\r\n \tCcontent-type/multipart', run: readEverything },
  { name: 'mime-pieces', seeds: [MESSAGE], alphabet: '--b\r\n:; \tC', run: readInPieces },
  {
    name: 'mime-encoded-words',
    seeds: [seed('a =?utf-8?Q?=C3=BC?= =?utf-8?B?w7w=?= b')],
    alphabet: '=?utf-8BQ_ \r\n',
    run: (bytes) => void readEncodedWords(Buffer.from(bytes).toString('latin1')),
  },
  {
    name: 'mime-parameters',
    seeds: [seed('a/b; c="d\\"e"; f*0*=utf-8\'\'g%20; f*1=h (i)')],
    alphabet: 'abc/;="\\\'*0%( )\r\n',
    run: (bytes) => void readParameters(Buffer.from(bytes).toString('latin1'), 100),
  },
  {
    name: 'mime-base64',
    seeds: [seed('QUJD\r\nRA==\r\n')],
    alphabet: 'QUJD=\r\n -',
    run: (bytes) => {
      for (const reading of ['restart', 'ignore', 'stop', 'lines'] as const) readBase64(bytes, reading);
    },
  },
  {
    name: 'mime-quoted-printable',
    seeds: [seed('a=3D=\r\nb =20 \r\n')],
    alphabet: '=3Da \t\r\n',
    run: (bytes) => {
      for (const reading of ['keep', 'drop', 'upper-case'] as const) readQuotedPrintable(bytes, reading);
    },
  },
  {
    name: 'mime-embedded',
    seeds: [
      seed('begin 644 a\r\n#86)C\r\n`\r\nend\r\n'),
      seed('=ybegin line=128 size=1 name=a\r\nk\r\n=yend\r\n'),
      seed('(This file must be converted with BinHex 4.0)\r\n:!!3r2cmr2cmr2`!!!!!!&3!!:'),
    ],
    alphabet: 'begin 644=y\r\n`M#:!3r2cm',
    run: (bytes) => void embeddedFiles(Buffer.from(bytes), 1 << 20),
  },
  {
    name: 'mime-charsets',
    seeds: [seed('~{<:Ky2;~}'), seed('\x1b$)C\x0e!!\x0f')],
    alphabet: '~{}\x0e\x0f\x1b$)C+-',
    run: (bytes) => {
      for (const name of ['hz', 'iso-2022-kr', 'utf-7', 'utf-16', 'us-ascii', 'x'] as const) decodeCharset(bytes, name);
    },
  },
];
