const HEADER = [
  'Received: from mail.sender.example (mail.sender.example [192.0.2.7])',
  '\tby mx.here.example (Postfix) with ESMTPS id 4ABCD1234Z',
  '\tfor <user@here.example>; Tue, 24 Nov 2026 10:00:00 +0000 (UTC)',
  'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.example; s=2026;',
  '\th=from:to:subject:date:message-id:mime-version:content-type;',
  '\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA',
  'From: =?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@sender.example>',
  'To: User <user@here.example>',
  'Subject: =?utf-8?B?UXVhcnRhbHNiZXJpY2h0IMO8YmVyIFVtc8OkdHpl?=',
  'Date: Tue, 24 Nov 2026 11:00:00 +0100',
  'Message-ID: <1@sender.example>',
  'MIME-Version: 1.0',
];

/** A mail with one attachment in base64, about `size` bytes long. */
export function base64Mail(size: number): Buffer {
  const content = Buffer.alloc(Math.floor((size * 57) / 78));
  for (let at = 0; at < content.length; at++) content[at] = (at * 31 + (at >> 8)) & 0xff;
  const lines = content.toString('base64').match(/.{1,76}/g) as string[];
  return Buffer.from(
    [
      ...HEADER,
      'Content-Type: multipart/mixed; boundary="=_b1"',
      '',
      '--=_b1',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 7bit',
      '',
      'See the file.',
      '--=_b1',
      'Content-Type: application/pdf; name="report.pdf"',
      'Content-Disposition: attachment; filename="report.pdf"',
      'Content-Transfer-Encoding: base64',
      '',
      ...lines,
      '--=_b1--',
      '',
    ].join('\r\n'),
    'latin1',
  );
}

/** A mail with text and HTML in quoted-printable, about `size` bytes long. */
export function smallMail(size: number): Buffer {
  const line = 'Die Ums=C3=A4tze des dritten Quartals sind h=C3=B6her als erwartet, =\r\nund zwar um 12 %.\r\n';
  const half = Math.floor((size - 1_400) / 2 / line.length);
  return Buffer.from(
    [
      ...HEADER,
      'Content-Type: multipart/alternative; boundary="=_b2"',
      '',
      '--=_b2',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      line.repeat(half),
      '--=_b2',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      `<html><body><p>${line.repeat(half)}</p></body></html>`,
      '--=_b2--',
      '',
    ].join('\r\n'),
    'latin1',
  );
}
