/**
 * CPU a megabyte for every shape of content that is cheap to send: `npm run build && node bench/edge/bombs.ts [--size 5] [--config YAML]`. The
 * bound is 0.1 s a megabyte. Shapes below two megabytes are sent several times.
 */
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { startEdge } from '../../test/harness/edge.ts';
import { mailSink } from '../../test/harness/mail-sink.ts';
import { useOf } from './process-tree.ts';

const { values } = parseArgs({
  options: { size: { type: 'string', default: '5' }, config: { type: 'string', default: '' } },
});
const bytes = Number(values.size) * 1_000_000;
const fill = (line: string): string => line.repeat(Math.ceil(bytes / line.length));
const many = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('');
const plain = 'Subject: x\r\n\r\n';
const multipart = 'Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';

/** A shape, and how it is written: in pieces of so many bytes. */
const SHAPES: readonly (readonly [name: string, text: string, piece: number])[] = [
  ['plain text', plain + fill(`${'word '.repeat(14)}\r\n`), 65_536],
  ['empty lines', plain + fill('\r\n'), 65_536],
  ['dot-stuffed lines', plain + fill('..\r\n'), 65_536],
  ['lines of one letter', plain + fill('x\r\n'), 65_536],
  ['one line without end', plain + fill('x'), 65_536],
  ['many MIME parts', multipart + fill('--b\r\n\r\n'), 65_536],
  ['nested parts', multipart + fill('--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'), 65_536],
  ['tags only', plain + fill('<b><i><u>\r\n'), 65_536],
  ['unclosed <', plain + fill('<<<<<<<<<<<<<<<<\r\n'), 65_536],
  [
    '5,000 boundaries, each its own',
    `Subject: x\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n${many(5_000, (at) => `--b${at}\r\nContent-Type: multipart/mixed; boundary=b${at + 1}\r\n\r\n`)}`,
    65_536,
  ],
  [
    'addresses of the web',
    plain + many(bytes / 40, (at) => `http://h${at}.sender.test/path/${at}?q=${at}\r\n`),
    65_536,
  ],
  ['900 fields of 1 KB', many(900, (at) => `X-H${at}: ${'a'.repeat(1_000)}\r\n`) + plain, 65_536],
  [
    'From with 20,000 addresses',
    `From: ${many(20_000, (at) => `"n${at}" <u${at}@x${at}.test>,\r\n `)}<a@sender.test>\r\n${plain}`,
    65_536,
  ],
  ['header fields', fill('X: y\r\n'), 65_536],
  ['header folds', `X: y\r\n${fill(' z\r\n')}`, 65_536],
  ['colons', fill(':\r\n'), 65_536],
  ['bare LF', plain + fill('x\n'), 65_536],
  ['bare CR', plain + fill('\r'), 65_536],
  ['NUL', plain + fill('\0'), 65_536],
  ['text in pieces of 200 bytes', plain + fill(`${'word '.repeat(14)}\r\n`), 200],
];

await using sink = await mailSink();
const edge = await startEdge({
  upstream: `127.0.0.1:${sink.port}`,
  config: `exempt: [127.0.0.0/8]\n${values.config}`,
  built: true,
});
const MEGABYTE = 1_000_000;

/** Sends one message in pieces and returns the last reply. */
async function deliver(text: string, piece: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: edge.port, noDelay: true });
  let said = '';
  let wake: () => void = () => undefined;
  socket.on('data', (data) => {
    said += data.toString('latin1');
    wake();
  });
  socket.on('error', () => wake()).on('close', () => wake());
  const reply = async () => {
    while (!/(?:^|\n)\d{3} [^\n]*\n$/.test(said) && !socket.destroyed)
      await new Promise<void>((resolve) => (wake = resolve));
    const last = said.trim().split('\r\n').at(-1) ?? '';
    said = '';
    return last;
  };
  await reply();
  for (const line of ['EHLO a.test', 'MAIL FROM:<a@sender.test>', 'RCPT TO:<b@example.test>', 'DATA']) {
    socket.write(`${line}\r\n`);
    await reply();
  }
  const whole = Buffer.from(`${text}\r\n.\r\n`, 'latin1');
  for (let at = 0; at < whole.length && !socket.destroyed; at += piece) {
    if (!socket.write(whole.subarray(at, at + piece)))
      await new Promise<void>((resolve) => {
        const go = () => {
          socket.off('drain', go).off('close', go);
          resolve();
        };
        socket.on('drain', go).on('close', go);
      });
    else if (piece < 1_000) await new Promise((resolve) => setImmediate(resolve));
  }
  const last = await reply();
  socket.destroy();
  return last;
}

await deliver(plain + fill('warm\r\n'), 65_536);
for (const [name, text, piece] of SHAPES) {
  const before = useOf(edge.pid);
  const began = performance.now();
  // The kernel counts in hundredths of a second.
  const times = Math.max(1, Math.ceil((2 * MEGABYTE) / text.length));
  let last = '';
  for (let time = 0; time < times; time++) last = await deliver(text, piece);
  const after = useOf(edge.pid);
  const cpu = (after.cpu - before.cpu) / ((times * text.length) / MEGABYTE);
  const mark = cpu > 0.1 ? '  ABOVE 0.1' : '';
  console.log(
    `${name.padEnd(30)} ${cpu.toFixed(4)} CPU s a MB  ${((performance.now() - began) / 1000).toFixed(2)} s  ${after.memory.toFixed(0)} MB  ${last}${mark}`,
  );
}
await edge.stop();
