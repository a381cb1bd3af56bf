/** How long and how much a server may take. Milliseconds and bytes. */
export interface SmtpLimits {
  readonly connect: number;
  /** For the greeting: a server may make a stranger wait on purpose (postscreen 6 s, Sendmail's greet_pause). */
  readonly greeting: number;
  /** For the whole reply to one command, from the command's last byte. */
  readonly command: number;
  readonly handshake: number;
  /** For the connection from its opening to its end; a server that sends one byte a second ends here at the latest. */
  readonly total: number;
  /** Bytes read from the server, inside and outside TLS together. */
  readonly bytes: number;
}

export const SMTP_LIMITS: SmtpLimits = {
  connect: 10_000,
  greeting: 30_000,
  command: 20_000,
  handshake: 15_000,
  total: 90_000,
  bytes: 262_144,
};
