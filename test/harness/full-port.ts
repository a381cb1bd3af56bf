import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A port whose packets are dropped, as behind a filter: nobody there takes connections, and its queue is full (Linux drops the SYN then). */
export interface FullPort extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
}

const LISTEN = `require('node:net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, function () {
  console.log(this.address().port);
})`;
/** Connections that fill a queue of one, and milliseconds in which loopback would have answered. */
const ENOUGH = 8;
const ANSWER_MS = 300;

export async function fullPort(): Promise<FullPort> {
  const child = spawn(process.execPath, ['-e', LISTEN], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line);
  child.kill('SIGSTOP');
  const held: Socket[] = [];
  let full = false;
  while (!full && held.length < ENOUGH) {
    const socket = connect({ host: '127.0.0.1', port });
    held.push(socket.on('error', () => {}));
    full = !(await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, ANSWER_MS, false)),
    ]));
  }
  return {
    address: '127.0.0.1',
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of held) socket.destroy();
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
