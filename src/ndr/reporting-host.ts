import type { Material } from './material.ts';
import { hostOf } from './recipients.ts';

/** The reporting host: as the machine-readable part says, as the words of several products name it, else the sender's domain. */
export function reportingHostOf(material: Material): string | null {
  const told = hostOf(material.status?.reportingMta ?? null);
  if (told !== null) return told;
  if (material.feedback?.reportingMta != null) return material.feedback.reportingMta;
  const named = HOST_NAMED.exec(material.text)?.[1] ?? generatingServer(material.text);
  if (named !== undefined) return named.replace(/\.$/, '');
  return /@([A-Za-z0-9._-]+)/.exec(material.header.raw('from') ?? '')?.[1] ?? null;
}

const HOST_NAMED =
  /(?:(?:mail system|postfix program|qmail-send program|program) at(?: host)?|generating server:)[^\S\n]+([a-z0-9._-]+)/i;

/** The end of a line on which a host stands alone behind a colon. */
const HOST_AT_END = /[:：][^\S\n]*([a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,10})\.?[^\S\n]*$/gim;
/** What Exchange's section for administrators says before the colon to name a server, in the languages it speaks. */
const SERVER =
  /^[^:：@]{0,40}(?:server|serveur|servidor|serwer|сервер|サーバー?|服务器|伺服器|서버|sunucu|kiszolgáló|palvelin)[^:：@]{0,40}$/iu;
const LABEL_MOST = 100;
/** The same words for the server that refused. */
const OTHER =
  /receiv|remote|recipient|destin|empfang|empfäng|ontvang|接收|受信|リモート|远程|ricevent|recept|odbior|получ/iu;

/** The servers that Exchange names in its section for administrators, in order. */
export function* serversIn(text: string): Generator<{ readonly host: string; readonly generating: boolean }> {
  for (const { index, 1: host = '' } of text.matchAll(HOST_AT_END)) {
    const from = Math.max(0, index - LABEL_MOST);
    const begin = text.slice(from, index).lastIndexOf('\n') + 1;
    const label = begin === 0 && from > 0 ? '' : text.slice(from + begin, index).trimStart();
    if (SERVER.test(label)) yield { host, generating: !OTHER.test(label) };
  }
}

function generatingServer(text: string): string | undefined {
  for (const { host, generating } of serversIn(text)) if (generating && host.includes('.')) return host;
  return undefined;
}
