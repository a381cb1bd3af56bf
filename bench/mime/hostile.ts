/** Messages made to exhaust a reader: each about a megabyte or less, each a shape that has stopped some parser. */
export interface Hostile {
  readonly name: string;
  readonly bytes: Buffer;
}

export function hostileMessages(): Hostile[] {
  const make = (name: string, text: string): Hostile => ({ name, bytes: Buffer.from(text, 'latin1') });
  const nested = (depth: number): string => {
    let out = '';
    for (let level = 0; level < depth; level++)
      out += `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`;
    return `${out}\r\nx\r\n`;
  };
  return [
    make('100,000 header fields', `${'X-A: b\r\n'.repeat(100_000)}\r\nx`),
    make('one field of 1 MB', `Subject: ${'a '.repeat(500_000)}\r\n\r\nx`),
    make('one field in 100,000 folds', `Subject: a\r\n${' b\r\n'.repeat(100_000)}\r\nx`),
    make('50,000 encoded words', `Subject: ${'=?utf-8?B?YQ==?= '.repeat(50_000)}\r\n\r\nx`),
    make(
      'encoded words in 20,000 charsets',
      `Subject: ${Array.from({ length: 20_000 }, (_, n) => `=?c${n}?Q?a?=`).join(' ')}\r\n\r\nx`,
    ),
    make('encoded words without end', `Subject: ${'=?utf-8?B?'.repeat(60_000)}\r\n\r\nx`),
    make('100,000 groups', `To: ${'g:a@b;'.repeat(100_000)}\r\n\r\nx`),
    make('100,000 addresses', `From: ${'a@b,'.repeat(100_000)}\r\n\r\nx`),
    make('comments 100,000 deep', `From: ${'('.repeat(100_000)}a@b\r\n\r\nx`),
    make('angles 100,000 deep', `From: ${'<'.repeat(100_000)}a@b\r\n\r\nx`),
    make('multiparts 10,000 deep', nested(10_000)),
    make('messages 30,000 deep', 'Content-Type: message/rfc822\r\n\r\n'.repeat(30_000)),
    make('100,000 parts', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(100_000)}--b--\r\n`),
    make(
      '100,000 lines of two dashes',
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${'--\r\n--c\r\n'.repeat(50_000)}`,
    ),
    make('50 boundaries that begin alike', alike(50, 5_000)),
    make('50,000 parameters', `Content-Type: text/plain; ${'a=b;'.repeat(50_000)}\r\n\r\nx`),
    make(
      '50,000 pieces of a name',
      `Content-Disposition: attachment; ${Array.from({ length: 50_000 }, (_, n) => `filename*${n}=a`).join(';')}\r\n\r\nx`,
    ),
    make(
      'boundaries in 1,000 forms',
      `Content-Type: multipart/mixed; ${'boundary="a\\"b";'.repeat(1_000)}\r\n\r\n${'--a\r\n'.repeat(50_000)}`,
    ),
    make('1 MB of equals signs', `Content-Transfer-Encoding: quoted-printable\r\n\r\n${'='.repeat(1_000_000)}`),
    make(
      '1 MB of blanks in quoted-printable',
      `Content-Transfer-Encoding: quoted-printable\r\n\r\n${' '.repeat(1_000_000)}x`,
    ),
    make('1 MB of padding', `Content-Transfer-Encoding: base64\r\n\r\n${'A===='.repeat(200_000)}`),
    make('100,000 uuencode heads', `\r\n${'begin 644 a\r\n'.repeat(70_000)}`),
    make('100,000 yEnc heads', `\r\n${'=ybegin line=1 size=1 name=a\r\n'.repeat(30_000)}`),
    make('1 MB of zero bytes', '\0'.repeat(1_000_000)),
    make('1 MB of CR', '\r'.repeat(1_000_000)),
    make('1 MB of LF', '\n'.repeat(1_000_000)),
    make('1 MB without line end', 'a'.repeat(1_000_000)),
    make('50,000 Content-Types', `${'Content-Type: multipart/mixed; boundary=a\r\n'.repeat(20_000)}\r\n--a\r\n\r\nx`),
  ];
}

/** Multiparts one inside the other, the boundary of each one letter longer, then lines that begin like all of them. */
function alike(depth: number, lines: number): string {
  let out = '';
  for (let level = 1; level <= depth; level++) {
    const boundary = 'a'.repeat(level * 20);
    out += `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\n`;
  }
  return `${out}\r\n${`--${'a'.repeat(depth * 20 + 1)}\r\n`.repeat(Math.min(lines, 900))}`;
}
