/** A message of more bytes than this is cut: a report says what it has to say before. */
export const MESSAGE_LIMIT = 64 * 1024 * 1024;
/** Bytes that a `From ` line and the field behind it may take. */
const LOOK_AHEAD = 1024;
const FROM = Buffer.from('From ');
const BREAK = Buffer.from('\nFrom ');

/** True if the bytes begin as a mailbox does. */
export function beginsMbox(start: Buffer): boolean {
  return start.subarray(0, FROM.length).equals(FROM) && isFromLine(start, 0);
}

/**
 * Cuts a stream of mailbox bytes (RFC 4155) into messages. Memory holds one message; each byte is looked at once.
 * A `From ` line counts if it follows an empty line, ends in a year and a header field comes next: what a message quotes is no border.
 */
export async function* splitMbox(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  const keep = (bytes: Buffer) => {
    if (keptBytes < MESSAGE_LIMIT) kept.push(bytes);
    keptBytes += bytes.length;
  };
  const take = () => {
    const message = withoutFromLine(Buffer.concat(kept));
    kept = [];
    keptBytes = 0;
    return message;
  };
  const cut = function* (data: Buffer, last: boolean): Generator<Buffer, Buffer> {
    let start = 0;
    for (let from = 0; ; ) {
      const at = data.indexOf(BREAK, from);
      if (at === -1 || (!last && at + LOOK_AHEAD > data.length)) {
        // What may still turn out to be a border waits for more bytes.
        const safe = last ? data.length : Math.max(start, at === -1 ? data.length - BREAK.length - 2 : at - 1);
        if (safe > start) keep(data.subarray(start, safe));
        return data.subarray(Math.max(safe, start));
      }
      if (afterEmptyLine(data, at) && isFromLine(data, at + 1)) {
        keep(data.subarray(start, at + 1));
        yield take();
        start = at + 1;
      }
      from = at + 1;
    }
  };
  for await (const chunk of chunks) {
    tail = yield* cut(tail.length === 0 ? chunk : Buffer.concat([tail, chunk]), false);
  }
  yield* cut(tail, true);
  if (keptBytes > 0) yield take();
}

function afterEmptyLine(data: Buffer, at: number): boolean {
  return data[at - 1] === 0x0a || (data[at - 1] === 0x0d && data[at - 2] === 0x0a);
}

/** `From sender Thu Apr 29 23:34:45 2015`, and a header field in the next line. */
function isFromLine(data: Buffer, at: number): boolean {
  const text = data.toString('latin1', at, at + LOOK_AHEAD);
  const end = text.indexOf('\n');
  if (end === -1) return false;
  if (!/\d\d:\d\d/.test(text.slice(0, end)) || !/\b\d{4}\b/.test(text.slice(0, end))) return false;
  return /^(?:>From |[A-Za-z][A-Za-z0-9-]{0,76}[ \t]*:)/.test(text.slice(end + 1));
}

function withoutFromLine(message: Buffer): Buffer {
  if (!message.subarray(0, FROM.length).equals(FROM)) return message;
  const end = message.indexOf(0x0a);
  return end === -1 ? message : message.subarray(end + 1);
}
