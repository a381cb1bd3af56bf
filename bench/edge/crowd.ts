/** A part of a crowd, in a process of its own as each has its own limit of descriptors: connects, greets nobody, says a byte now and then. */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const [port = 0, size = 0, first = 0] = process.argv.slice(2).map(Number);
const ADDRESSES = 400;
const counts = { greeted: 0, refused: 0, ended: 0 };
/** Those that were greeted: who speaks before would be turned away for that. */
const sockets: Socket[] = [];
let settled = 0;
for (let index = first; index < first + size; index++) {
  const place = index % ADDRESSES;
  const socket = connect({ host: '127.0.0.1', port, localAddress: `127.0.${1 + (place >> 7)}.${1 + (place & 127)}` });
  socket.on('data', ([byte]: Buffer) => {
    settled++;
    counts[byte === 0x32 ? 'greeted' : 'refused']++;
    if (byte === 0x32) sockets.push(socket);
  });
  socket.on('error', () => undefined).on('close', () => counts.ended++);
  if (index % 50 === 49) await pause(60);
}
setInterval(() => {
  for (const socket of sockets) if (!socket.destroyed) socket.write('N');
}, 10_000);
for (let second = 0; second < 60 && settled < size; second++) await pause(1_000);
process.on('message', () => process.send?.(counts));
process.on('disconnect', () => process.exit());
process.send?.('there');
