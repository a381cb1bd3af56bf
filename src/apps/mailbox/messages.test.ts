import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import cfb from 'cfb';
import { messagesIn } from './messages.ts';

const NOTHING = Readable.from([]);

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'mailward-messages-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

async function read(
  paths: readonly string[],
  stdin: Readable = NOTHING,
): Promise<readonly (readonly [string, string])[]> {
  const found: [string, string][] = [];
  for await (const one of messagesIn(paths, stdin))
    found.push('fault' in one ? [one.file, `! ${one.fault.message}`] : [one.file, one.bytes.toString('latin1')]);
  return found;
}

const mail = (subject: string) => `Subject: ${subject}\n\nbody\n`;
const mbox = ['one', 'two', 'three']
  .map((subject) => `From a@b.example Wed Nov 25 12:00:00 2026\n${mail(subject)}\n`)
  .join('');

test('a file is a message, a mailbox several, numbered from the second', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'a.eml'), mail('alone'));
  writeFileSync(join(path, 'b.mbox'), mbox);
  assert.deepEqual(await read([path]), [
    [join(path, 'a.eml'), mail('alone')],
    [join(path, 'b.mbox'), `${mail('one')}\n`],
    [join(path, 'b.mbox#2'), `${mail('two')}\n`],
    [join(path, 'b.mbox#3'), `${mail('three')}\n`],
  ]);
});

test('a large mailbox and a small one are cut alike', async (t) => {
  const path = join(folder(t), 'large.mbox');
  writeFileSync(path, mbox.replaceAll('body\n', `${'x'.repeat(70)}\n`.repeat(9000)));
  const found = await read([path]);
  assert.deepEqual(
    found.map(([, text]) => /Subject: (\w+)/.exec(text)?.[1]),
    ['one', 'two', 'three'],
  );
});

test('a Maildir gives its mail and neither half-written files nor its control files', async (t) => {
  const path = folder(t);
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(path, name));
  writeFileSync(join(path, 'new', '1.host'), mail('new'));
  writeFileSync(join(path, 'cur', '0.host:2,S'), mail('seen'));
  writeFileSync(join(path, 'tmp', '2.host'), mail('half'));
  writeFileSync(join(path, 'dovecot-uidlist'), '3 V1\n');
  assert.deepEqual(
    (await read([path])).map(([, text]) => text),
    [mail('seen'), mail('new')],
  );
});

test('stdin may be a mailbox', async () => {
  assert.equal((await read(['-'], Readable.from([Buffer.from(mbox)]))).length, 3);
});

test('what cannot be read is told, and the others are read', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'b.eml'), mail('there'));
  const container = cfb.utils.cfb_new();
  cfb.utils.cfb_add(container, '/WordDocument', Buffer.from('x'));
  writeFileSync(join(path, 'a.doc'), Buffer.from(cfb.write(container, { type: 'buffer' }) as Uint8Array));
  const [absent, word, there] = await read([join(path, 'absent'), path]);
  assert.match(absent?.[1] ?? '', /^! .*absent: there is no such file or folder/);
  assert.match(word?.[1] ?? '', /holds no Outlook message/);
  assert.equal(there?.[1], mail('there'));
});

test('a .msg file is read as mail', async (t) => {
  const path = join(folder(t), 'a.msg');
  const container = cfb.utils.cfb_new();
  cfb.utils.cfb_add(container, '/__properties_version1.0', Buffer.alloc(32));
  cfb.utils.cfb_add(container, '/__substg1.0_0037001F', Buffer.from('from Outlook', 'utf16le'));
  writeFileSync(path, Buffer.from(cfb.write(container, { type: 'buffer' }) as Uint8Array));
  const [found] = await read([path]);
  assert.match(found?.[1] ?? '', /^Subject: from Outlook\r\n/);
});

test('what an editor does to a message when it saves it is taken back', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'a.eml'), `\r\n\n${mail('below')}`);
  writeFileSync(join(path, 'b.eml'), Buffer.from(`\ufeff${mail('wide')}`, 'utf16le'));
  writeFileSync(join(path, 'c.eml'), Buffer.from(`\ufeff${mail('wide')}`, 'utf16le').swap16());
  assert.deepEqual(
    (await read([path])).map(([, text]) => text),
    [mail('below'), mail('wide'), mail('wide')],
  );
});
