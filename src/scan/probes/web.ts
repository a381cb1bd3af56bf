import { UnreachedError } from '../../finding/unreached.ts';
import type { WebConnection } from '../../net/web-client.ts';
import { NTLM_NEGOTIATE } from '../../wire/ntlm/negotiate.ts';
import type { EndpointTarget, Probe } from '../probe.ts';
import { fieldOf, type WebPage, type WebSeen } from './web-seen.ts';

const LOGON = '/owa/auth/logon.aspx';
/** The web service of Exchange, which takes NTLM. */
const SERVICE = '/ews/exchange.asmx';
/** Begins NTLM: the answer names machine, domain and build before any password. */
const NTLM = { authorization: `NTLM ${NTLM_NEGOTIATE}` };
/** A file of Exchange 2013 and later whose manifest holds all four parts of the build. */
const EXPORT_TOOL = '/ecp/Current/exporttool/microsoft.exchange.ediscovery.exporttool.application';
const ADMIN = '/ecp/';
const ZIMBRA_SETTINGS = '/js/zimbraMail/share/model/ZmSettings.js';

/** Ports where TLS does not come first. */
const PLAIN_PORTS: ReadonlySet<number> = new Set([80, 8080]);

/**
 * Reads what the web side of a mail server shows to anybody with a browser: the front page, where it leads, the log-on page of Outlook, and
 * what follows from those. Nothing is sent but GET, no password is tried, and at most seven pages are asked for, one after the other.
 */
export const web: Probe<'web', EndpointTarget, WebSeen> = {
  name: 'web',
  connections: 1,
  async look(target, tools) {
    const turn = await tools.pace.enter(target.address, tools.signal);
    if (!turn.ok) throw new UnreachedError(turn.reason, turn.detail);
    const { address, port } = target.pinned ?? target;
    const secure = !PLAIN_PORTS.has(target.port);
    const signal = tools.signal === undefined ? {} : { signal: tools.signal };
    const connection = tools.web.open({ name: target.name, address, port, secure }, signal);
    try {
      return { pages: await readPages(connection, `${secure ? 'https' : 'http'}://${target.name}:${target.port}`) };
    } finally {
      connection.close();
      turn.leave();
    }
  },
};

async function readPages(connection: WebConnection, origin: string): Promise<WebPage[]> {
  const pages: WebPage[] = [];
  async function read(path: string, fields?: Readonly<Record<string, string>>): Promise<WebPage | null> {
    const answer = await connection.get(path, fields);
    if ('ok' in answer) {
      if (pages.length === 0) throw new UnreachedError(answer.reason, answer.detail);
      return null;
    }
    const page = { ...answer, url: `${origin}${path}`, path };
    pages.push(page);
    return page;
  }
  const front = await read('/');
  const led = front === null ? null : leadsTo(front, origin);
  if (led !== null && led !== LOGON) await read(led);
  await read(LOGON);
  if (pages.some(isExchange)) {
    if (!pages.some(tellsBuild)) await read(EXPORT_TOOL);
    await read(ADMIN);
    await read(SERVICE, NTLM);
  } else if (pages.some(isZimbra)) await read(ZIMBRA_SETTINGS);
  return pages;
}

/** The path of the same server that a page redirects to; null if it stays, or leads elsewhere. */
function leadsTo(page: WebPage, origin: string): string | null {
  const location = page.status >= 300 && page.status < 400 ? fieldOf(page, 'location') : null;
  const url = location === null ? null : URL.parse(location, `${origin}/`);
  if (url === null || url.hostname !== new URL(origin).hostname) return null;
  const path = `${url.pathname}${url.search}`;
  return path === page.path ? null : path;
}

function isExchange(page: WebPage): boolean {
  return tellsBuild(page) || fieldOf(page, 'x-feserver') !== null || /\/owa\/(?:auth|[\d.]+)\//i.test(page.body);
}

function tellsBuild(page: WebPage): boolean {
  return fieldOf(page, 'x-owa-version') !== null;
}

function isZimbra(page: WebPage): boolean {
  return page.fields.some(([, value]) => /\bZM_|zimbra/i.test(value)) || /zimbra/i.test(page.body);
}
