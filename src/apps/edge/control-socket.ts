import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';

/** The socket by which a running gateway is asked and told: only its user, and root, may. */
export const controlPath = (data: string): string => join(data, 'control.sock');

/** Bytes of a question; ours are a word. */
const QUESTION_MOST = 1_024;
/** Milliseconds for one question and its answer. */
const PATIENCE = 10_000;

export interface ControlSocket {
  close(): Promise<void>;
}

/**
 * Opens the socket. `answer` gets what was asked, a word, and gives what is to be told, as JSON; undefined for what it does not know.
 * Rejects if the socket cannot be had.
 */
export async function openControl(
  data: string,
  answer: (question: string) => Promise<unknown>,
): Promise<ControlSocket> {
  const path = controlPath(data);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (await answers(path)) throw new Error(`another gateway answers at ${path}: give each a data folder of its own`);
  rmSync(path, { force: true });
  const server = createServer((socket) => void serve(socket, answer));
  // The socket is made within `listen`; nobody else may come in before chmod.
  const mask = process.umask(0o177);
  server.listen(path);
  process.umask(mask);
  await once(server, 'listening');
  chmodSync(path, 0o600);
  return {
    async close() {
      server.close();
      rmSync(path, { force: true });
      await once(server, 'close').catch(() => undefined);
    },
  };
}

async function serve(socket: Socket, answer: (question: string) => Promise<unknown>): Promise<void> {
  socket.setTimeout(PATIENCE, () => socket.destroy());
  socket.on('error', () => undefined);
  try {
    const question = await firstLine(socket, QUESTION_MOST);
    socket.end(`${JSON.stringify((await answer(question)) ?? { unknown: question })}\n`);
  } catch {
    socket.destroy();
  }
}

/** Asks the gateway whose data folder it is. Rejects with the error of the socket if none runs there. */
export async function askControl(data: string, question: string): Promise<unknown> {
  const socket = connect(controlPath(data));
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error('no answer')));
  await once(socket, 'connect');
  socket.write(`${question}\n`);
  return JSON.parse(await firstLine(socket, Number.POSITIVE_INFINITY));
}

async function firstLine(socket: Socket, most: number): Promise<string> {
  let text = '';
  for await (const piece of socket.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += piece;
    const end = text.indexOf('\n');
    if (end >= 0) return text.slice(0, end);
    if (text.length > most) break;
  }
  throw new Error('no whole line came');
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
