/** What SMTP costs Node itself: a server that answers every command, looks for the end of a message and throws it away. `node raw-smtp.ts PORT` */
import { createServer } from 'node:net';

const EHLO = '250-raw.test\r\n250-8BITMIME\r\n250 SIZE 104857600\r\n';
const END = Buffer.from('\r\n.\r\n');

createServer({ noDelay: true }, (socket) => {
  /** Bytes that may be the beginning of a command, or of the end of a message. */
  let held: Buffer = Buffer.alloc(0);
  let inside = false;
  socket.on('error', () => undefined);
  socket.write('220 raw.test ESMTP\r\n');
  socket.on('data', (piece: Buffer) => {
    let bytes = held.length === 0 ? piece : Buffer.concat([held, piece]);
    while (bytes.length > 0) {
      const end = bytes.indexOf(inside ? END : '\r\n');
      if (end < 0) break;
      const verb = inside ? '.' : bytes.toString('latin1', 0, 4).toUpperCase();
      bytes = bytes.subarray(end + (inside ? END.length : 2));
      inside = verb === 'DATA';
      if (verb === 'QUIT') {
        socket.end('221 bye\r\n');
        return;
      }
      socket.write(verb === 'EHLO' ? EHLO : inside ? '354 go on\r\n' : '250 ok\r\n');
    }
    held = inside ? bytes.subarray(Math.max(0, bytes.length - END.length + 1)) : bytes;
  });
}).listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4_096 });
