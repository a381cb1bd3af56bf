import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadBounceWords, loadTelltaleFields } from '../knowledge/load-words.ts';
import { identify } from '../platform/identify.ts';
import { readMessage } from '../wire/mime/message.ts';
import { ndrReader } from './read.ts';

const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });

interface Letter {
  readonly from: string;
  readonly subject: string;
  readonly header?: readonly string[];
  readonly text: readonly string[];
}

/** A letter in UTF-8, its body in the encoding asked for. */
function read({ from, subject, header = [], text }: Letter, encoding: '8bit' | 'base64' = '8bit') {
  const body = Buffer.from(text.join('\r\n'));
  const head = [
    `From: ${from}`,
    'To: me@here.example',
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    ...header,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    '',
  ].join('\r\n');
  const bytes = encoding === 'base64' ? Buffer.from(body.toString('base64')) : body;
  return reader.read(readMessage(Buffer.concat([Buffer.from(head), bytes])), 'x.eml');
}

const EXCHANGE = 'Microsoft Exchange <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.local>';

/** Exchange's report in one language: the subject, what it says to people, and the lines for administrators. */
const exchange = (subject: string, intro: string, advice: string, generating: string): Letter => ({
  from: EXCHANGE,
  subject,
  text: [
    intro,
    '',
    'otto@there.example',
    advice,
    '',
    `${generating} EX01.corp.local`,
    '',
    'otto@there.example',
    '#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##',
  ],
});

for (const [language, letter] of [
  ['German', exchange('Unzustellbar: x', 'Fehler bei der Zustellung:', 'Nicht gefunden.', 'Generierender Server:')],
  ['French', exchange('Non remis : x', 'Échec de la remise :', 'Introuvable.', 'Serveur de génération :')],
  ['Japanese', exchange('配信不能: x', '次の受信者への配信に失敗しました:', '見つかりません。', '生成サーバー:')],
  ['Korean', exchange('배달되지 않음: x', '배달하지 못했습니다.', '찾을 수 없습니다.', '생성 서버:')],
  ['a language nobody knows', exchange('Qqqq: x', 'Zzzz zz:', 'Yyy yyyy.', 'Wwww:')],
] as const)
  test(`Exchange’s report in ${language} is read`, () => {
    for (const encoding of ['8bit', 'base64'] as const) {
      const { kind, recipients, reportingHost, disclosures } = read(letter, encoding);
      const told = recipients.map(({ address, status, replyCode, reason }) => [address, status, replyCode, reason]);
      assert.deepEqual([kind, told], ['failure', [['otto@there.example', '5.1.1', '550', 'userunknown']]]);
      if (language === 'a language nobody knows') continue;
      assert.equal(reportingHost, 'EX01.corp.local');
      assert.ok(disclosures.some(({ kind, value }) => kind === 'internal-host' && value === 'EX01.corp.local'));
    }
  });

const MDAEMON: Letter = {
  from: 'MDaemon@here.example',
  subject: 'Permanent Delivery Failure',
  text: [
    '----- The following addresses had delivery problems -----',
    '<otto@there.example>  (permanent failure)',
    '        Last server response: 550 Unknown recipient <otto@there.example>',
    '',
    '----- Session Transcript -----',
    ' Mon 2026-11-02 10:00:01: --> MAIL From:<me@here.example>',
    ' Mon 2026-11-02 10:00:01: <-- 250 OK',
    ' Mon 2026-11-02 10:00:01: --> RCPT To:<otto@there.example>',
    ' Mon 2026-11-02 10:00:01: <-- 550 Unknown recipient <otto@there.example>',
    '----- End Transcript -----',
  ],
};

const RELAY: Letter = {
  from: 'Mailer Daemon <MAILER-DAEMON@here.example>',
  subject: 'Delivery status notification: error',
  text: [
    'This is the MAILER-DAEMON, please DO NOT REPLY to this email.',
    'An error has occurred while attempting to deliver a message for',
    'the following list of recipients:',
    '',
    'otto@there.example: 554 5.7.1 <otto@there.example>: Relay access denied',
  ],
};

/** A report that says nothing of why, behind a gateway that adds its note. */
const noted = (...footer: readonly string[]): Letter => ({
  from: 'MAILER-DAEMON@here.example',
  subject: 'Undelivered mail',
  text: ['The mail could not be delivered to <otto@there.example>.', '', ...footer],
});

/** A report that lists one recipient, with why. */
const listed = (why: string): Letter => ({
  from: 'MAILER-DAEMON@here.example',
  subject: 'Undelivered mail',
  text: ['The mail could not be delivered:', '', '<otto@there.example>:', why],
});

const DUTCH: Letter = {
  from: 'System Administrator <postmaster@here.example>',
  subject: 'Niet te bezorgen: x',
  text: [
    'Uw bericht is niet aangekomen bij een of meer van de bedoelde ontvangers.',
    '',
    "      'otto@there.example' op 02-11-2026 10:00",
    '            Het postvak van de ontvanger is vol.',
    '            <srv2003.corp.local #5.2.2>',
  ],
};

for (const [what, letter, reason] of [
  ['a transcript of MDaemon', MDAEMON, 'userunknown'],
  ['a refusal to relay', RELAY, 'norelaying'],
  ['a note that mail was checked for viruses', noted('This email has been checked for viruses by Avast.'), 'onhold'],
  ['a virus that was found', noted('Virus W32/Klez found and removed.'), 'virusdetected'],
  ['both', noted('Virus detected.', '-- ', 'This message was scanned for viruses.'), 'virusdetected'],
  ['Exchange 2003 in Dutch', DUTCH, 'mailboxfull'],
  [
    'a connection that is refused',
    listed('connect to mx.there.example[192.0.2.1]:25: Connection refused'),
    'networkerror',
  ],
  ['a certificate', listed('Server certificate not trusted'), 'failedstarttls'],
  ['a domain without servers', listed("No mail servers appear to exists for the recipient's address."), 'hostunknown'],
  ['a full mailbox in Japanese', listed('宛先のメールボックスが一杯です。'), 'mailboxfull'],
] as const)
  test(`${what} gives the reason ${reason}`, () => {
    const { kind, recipients } = read(letter);
    const told = recipients.map((one) => [one.address, one.reason]);
    assert.deepEqual([kind, told], ['failure', [['otto@there.example', reason]]]);
  });

test('a message that Exim still tries to deliver is delayed, not failed', () => {
  const { kind, recipients } = read({
    from: 'Mail Delivery System <Mailer-Daemon@here.example>',
    subject: 'Warning: message 1abcde-0001-AB delayed 24 hours',
    text: [
      'This message was created automatically by mail delivery software.',
      'A message that you sent has not yet been delivered to one or more of its',
      'recipients after more than 24 hours on the queue on mx.here.example.',
      '',
      'The address to which the message has not yet been delivered is:',
      '',
      '  otto@there.example',
      '    Delay reason: Connection timed out',
      '',
      'No action is required on your part. Delivery attempts will continue for',
      'some time, and this warning may be repeated at intervals if the message',
      'remains undelivered.',
    ],
  });
  assert.deepEqual([kind, recipients.map(({ action }) => action)], ['delay', ['delayed']]);
});

for (const subject of ['Automatyczna odpowiedź: x', 'Автоматический ответ: x', '自动答复: x', 'Abwesenheitsnotiz: x'])
  test(`${subject} is an automatic answer`, () => {
    assert.equal(read({ from: 'otto@there.example', subject, text: ['…'] }).kind, 'autoreply');
  });

for (const [what, letter] of [
  [
    'somebody asks about a bounce',
    {
      from: 'Ann <ann@here.example>',
      subject: 'Re: Undelivered Mail Returned to Sender',
      header: ['Return-Path: <ann@here.example>'],
      text: ['Can you look?', '', '> <otto@there.example>: host mx said: 550 5.1.1 User unknown'],
    },
  ],
  [
    'somebody writes of what was not meant to be',
    {
      from: 'Ann <ann@here.example>',
      subject: 'It was not designed to be fast',
      text: ['It was not designed to be fast, and not to be changed.'],
    },
  ],
] as const)
  test(`it is an ordinary message where ${what}`, () => {
    const { kind, isBounce, recipients } = read(letter);
    assert.deepEqual([kind, isBounce, recipients], ['mail', false, []]);
  });

test('a report that somebody sends on as an attachment is read inside an ordinary message', () => {
  const report = [
    'From: MAILER-DAEMON@q.example',
    'Subject: failure notice',
    '',
    'Hi. This is the qmail-send program at q.example.',
    "I'm afraid I wasn't able to deliver your message to the following addresses.",
    '',
    '<otto@there.example>:',
    'Sorry, no mailbox here by that name. (#5.1.1)',
    '',
    '--- Below this line is a copy of the message.',
    '',
    'From: me@here.example',
    'To: otto@there.example',
    'Message-ID: <1@here.example>',
  ];
  const letter = (type: string) =>
    reader.read(
      readMessage(
        Buffer.from(
          [
            'From: Ann <ann@here.example>',
            'Subject: what is this?',
            'Content-Type: multipart/mixed; boundary=b',
            '',
            '--b',
            '',
            'Can you look?',
            '--b',
            `Content-Type: ${type}`,
            '',
            ...report,
            '--b--',
          ].join('\r\n'),
        ),
      ),
      'x.eml',
    );
  const { kind, isBounce, recipients, original } = letter('message/rfc822');
  assert.deepEqual([kind, isBounce, original?.messageId], ['mail', false, '<1@here.example>']);
  assert.deepEqual(
    recipients.map(({ address, status, reason }) => [address, status, reason]),
    [['otto@there.example', '5.1.1', 'userunknown']],
  );
  assert.deepEqual(letter('application/octet-stream').recipients, []);
});

test('the version of a program is no status', () => {
  const { recipients } = read({
    from: 'MAILER-DAEMON@here.example',
    subject: 'Undelivered mail',
    text: ['The mail could not be delivered:', '', '<otto@there.example>:', 'refused by Mailman 2.0.13'],
  });
  assert.deepEqual(
    recipients.map(({ address, status }) => [address, status]),
    [['otto@there.example', null]],
  );
});

for (const [what, body] of [
  ['lines that end in <br>', (lines: readonly string[]) => `<html><body>${lines.join('<br>\r\n')}</body></html>`],
  [
    'preformatted lines',
    (lines: readonly string[]) => `<html><body><pre>\r\n${lines.join('\r\n')}</pre></body></html>`,
  ],
] as const)
  test(`a report in HTML with ${what} is read, and the returned header is no part of it`, () => {
    const lines = [
      'The mail could not be delivered:',
      '',
      '&lt;otto@there.example&gt;:',
      '552 5.2.2 Mailbox full',
      '',
      '--- The header of the original message is following ---',
      '',
      'Received: from pc17 by here.example; Mon, 2 Nov 2026 10:00:00 +0000',
      'From: me@here.example',
      'To: eva@there.example',
      'Message-ID: &lt;1@here.example&gt;',
    ];
    const head = 'From: MAILER-DAEMON@here.example\r\nSubject: Undelivered mail\r\nContent-Type: text/html\r\n\r\n';
    const { recipients, original } = reader.read(readMessage(Buffer.from(head + body(lines))), 'x.eml');
    assert.deepEqual(
      recipients.map(({ address, status, reason }) => [address, status, reason]),
      [['otto@there.example', '5.2.2', 'mailboxfull']],
    );
    assert.equal(original?.messageId, '<1@here.example>');
  });

for (const [what, subject, ...text] of [
  [
    'Sendmail',
    'Warning: could not send message for past 4 hours',
    '    **      THIS IS A WARNING MESSAGE ONLY      **',
    '   ----- The following addresses had transient non-fatal errors -----',
    '<otto@there.example>',
    '   ----- Transcript of session follows -----',
    '<otto@there.example>... Deferred: Connection timed out with mx.there.example.',
  ],
  [
    'Postfix',
    'Delayed Mail (still being retried)',
    'Your message could not be delivered for more than 4 hour(s).',
    'It will be retried until it is 5 day(s) old.',
    '<otto@there.example>: connect to mx.there.example[192.0.2.1]:25: Connection timed out',
  ],
  [
    'Exchange in German',
    'Verzögerung bei der Zustellung: x',
    'Die Zustellung an die folgenden Empfänger wurde verzögert:',
    'otto@there.example',
    'Diese Nachricht wurde noch nicht zugestellt. Microsoft Exchange wird weiterhin versuchen, sie zuzustellen.',
  ],
] as const)
  test(`a delay that ${what} tells in words alone is a delay`, () => {
    const { kind, recipients } = read({
      from: what.startsWith('Exchange') ? EXCHANGE : 'MAILER-DAEMON@here.example',
      subject,
      text,
    });
    assert.deepEqual(
      [kind, recipients.map(({ address, action }) => [address, action])],
      ['delay', [['otto@there.example', 'delayed']]],
    );
  });

test('a report in HTML is read where a gateway has put a footer of plain text below', () => {
  const { recipients } = reader.read(
    readMessage(
      Buffer.from(
        [
          'From: MAILER-DAEMON@here.example',
          'Subject: failure notice',
          'Content-Type: multipart/mixed; boundary=b',
          '',
          '--b',
          'Content-Type: text/html',
          '',
          'I was not able to deliver your message.<br><br>otto@there.example<br>No such user<br>',
          '--b',
          '',
          'Checked for viruses by the gateway of Corp Ltd.',
          '--b--',
        ].join('\r\n'),
      ),
    ),
    'x.eml',
  );
  assert.deepEqual(
    recipients.map(({ address, reason }) => [address, reason]),
    [['otto@there.example', 'userunknown']],
  );
});
