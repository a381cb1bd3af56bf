import type { EdgeControls } from './controls.ts';
import { type AddressMap, NO_ADDRESSES } from './envelope/address-map.ts';

/** Bounds of the edge, each with a name, a default and a reason. Bytes, counts and milliseconds. */
export interface EdgeLimits {
  /** A command line with its CRLF. RFC 5321 §4.5.3.1.4 asks for 512; parameters of SIZE, DSN and AUTH need more. */
  readonly commandLine: number;
  /** A command line that carries AUTH data (RFC 4954 §4). */
  readonly authLine: number;
  /** A text line of a message. RFC 5322 §2.1.1 allows 998; real mail has longer ones, and folding them would break signatures. */
  readonly textLine: number;
  /** A message. Exchange takes 36 MB, and nothing is taken that the upstream says it will not take. */
  readonly messageSize: number;
  /** The header as a whole; real ones stay below 64 KiB. */
  readonly headerSize: number;
  /** Fields of a header; each costs every reader behind us. */
  readonly headerFields: number;
  /** One field with its folds; DKIM, ARC and long lists of recipients need a few KiB. */
  readonly headerField: number;
  /** `Received:` fields, so that loops end; RFC 5321 §6.3 wants no less than 100. */
  readonly hops: number;
  /** Recipients of one message; RFC 5321 §4.5.3.1.8 wants at least 100. */
  readonly recipients: number;
  /** Messages of one connection. High, for senders with much to say: rates bound strangers. */
  readonly messagesPerSession: number;
  /** Faults (errors of protocol, refused recipients) until the session ends. */
  readonly faults: number;
  /** Commands that lead nowhere (NOOP, RSET, VRFY …) until the session ends. */
  readonly junkCommands: number;
  /** Tries of AUTH in a session (RFC 4954 §4). */
  readonly authTries: number;
  /**
   * Refused logins are answered at whole multiples of this after they came: a server behind that looks no password up for a name it does not
   * know answers sooner, and would tell by it which accounts exist. Servers themselves delay refusals by one, two, three or five seconds, so that
   * a step that ends there would show which side of it an answer fell on. 0 waits for nothing.
   */
  readonly authStep: number;
  /** Silence of the peer while a command is awaited (RFC 5321 §4.5.3.2.7). */
  readonly commandTimeout: number;
  /** Silence of the peer inside DATA (RFC 5321 §4.5.3.2.5). */
  readonly dataTimeout: number;
  /** Bytes a second that a message must come with on average, after `dataGrace`. */
  readonly dataFloor: number;
  /** From then on `dataFloor` counts: a slow begin is no attack. */
  readonly dataGrace: number;
  /** A TLS handshake. */
  readonly handshakeTimeout: number;
  /** A session as a whole, whatever it does. */
  readonly sessionTimeout: number;
  /** From a command or the end of a message to our answer: filters and upstream together. */
  readonly answerTimeout: number;
  /** Sessions at once, in one process; fewer where the limit of open files is lower. An idle one costs about 6 kB. */
  readonly sessions: number;
  /** Sessions at once of one address, or of one /64. */
  readonly sessionsPerPeer: number;
  /** Bytes of messages held at once by all sessions of a process. */
  readonly memory: number;
}

export const EDGE_LIMITS: EdgeLimits = {
  commandLine: 2_048,
  authLine: 12_288,
  textLine: 8_192,
  messageSize: 36 * 1_048_576,
  headerSize: 131_072,
  headerFields: 1_000,
  headerField: 32_768,
  hops: 100,
  recipients: 200,
  messagesPerSession: 10_000,
  faults: 10,
  junkCommands: 50,
  authTries: 3,
  authStep: 800,
  commandTimeout: 300_000,
  dataTimeout: 180_000,
  dataFloor: 500,
  dataGrace: 60_000,
  handshakeTimeout: 30_000,
  sessionTimeout: 3_600_000,
  answerTimeout: 300_000,
  sessions: 25_000,
  sessionsPerPeer: 200,
  memory: 256 * 1_048_576,
};

/** Verdicts that filters behind us, and people, would take for ours; those of Exchange are what its own header firewall takes out. */
export const INCOMING_FIELDS: readonly string[] = [
  'X-Mailward-*',
  'X-Spam-*',
  'X-MS-Exchange-Organization-*',
  'X-MS-Exchange-Forest-*',
];
/** What servers and mail programs tell of the inside. */
export const OUTGOING_FIELDS: readonly string[] = [
  'Received',
  'X-Received',
  'Delivered-To',
  'X-Originating-IP',
  'X-Originating-Email',
  'X-Sender-IP',
  'X-Mailer',
  'User-Agent',
  'X-MimeOLE',
  'X-MS-Exchange-*',
  'X-MS-Has-Attach',
  'X-MS-TNEF-Correlator',
  'X-OriginalArrivalTime',
  'X-EXCLAIMER-*',
  'X-Virus-Scanned',
  'X-Spam-*',
  'X-PHP-*',
  'X-Source*',
  'X-AntiAbuse',
  'X-Authenticated-*',
  'X-AuthUser',
  'X-ClientProxiedBy',
  'X-Envelope-*',
  'X-Zimbra-*',
  'Thread-Index',
  'X-Mailward-*',
];

/** Addresses of the inside and those that the outside knows them by. */
export interface RewriteOptions {
  /** What they become in mail that goes out, in envelope and header. */
  readonly outbound: AddressMap;
  /** What recipients become in mail that comes in, in the envelope alone. */
  readonly inbound: AddressMap;
  /** What is done to a header that a signature covers. */
  readonly signed: 'change' | 'leave';
  /** The domain in ids of messages is changed too. */
  readonly messageIds: boolean;
  /** Mail of people who logged in goes out itself, and not by the server that took the login. */
  readonly afterLogin: boolean;
}

export const NO_REWRITE: RewriteOptions = {
  outbound: NO_ADDRESSES,
  inbound: NO_ADDRESSES,
  signed: 'change',
  messageIds: false,
  afterLogin: false,
};

/** What an edge is set to do. Plain data; `apps/config` reads it from a file. */
export interface EdgeOptions {
  /** The name in the greeting, EHLO and Received: the only one a stranger learns. */
  readonly hostName: string;
  /** Domains mail is taken for, lower case. */
  readonly domains: ReadonlySet<string>;
  readonly limits: EdgeLimits;
  readonly extensions: {
    readonly chunking: boolean;
    readonly smtpUtf8: boolean;
    readonly dsn: boolean;
    readonly requireTls: boolean;
  };
  readonly controls: EdgeControls;
  /** Names of fields that are taken out of messages, per direction; `*` at the end stands for any rest. */
  readonly headers: { readonly incoming: readonly string[]; readonly outgoing: readonly string[] };
  readonly rewrite: RewriteOptions;
  /** STARTTLS is offered. */
  readonly tls: boolean;
  /** MAIL is refused outside TLS. */
  readonly tlsRequired: boolean;
}
