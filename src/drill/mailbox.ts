/** Where the recipient's mail arrives, so that a drill can count what came of what it sent. */
export interface Mailbox {
  /** Messages that hold `token`, raw, in any order. */
  holding(token: string): Promise<readonly Buffer[]>;
}

/** How long a message may take from the server's 250 to the mailbox, and how often it is looked for. */
const DELIVERY_MS = 15_000;
const LOOK_EVERY_MS = 250;
/** After the first message, how long a second one of the same attack may lag behind. */
const LAG_MS = 2_000;

interface Waiting {
  monotonic(): number;
  sleep(ms: number): Promise<void>;
}

/**
 * The messages of an attack, once no more are likely to come: waits for the first one, and then a little for others that a smuggler
 * hopes for. Empty if none came in time.
 */
export async function arrivals(mailbox: Mailbox, token: string, clock: Waiting): Promise<readonly Buffer[]> {
  const until = clock.monotonic() + DELIVERY_MS;
  for (;;) {
    const found = await mailbox.holding(token);
    if (found.length > 0) break;
    if (clock.monotonic() >= until) return [];
    await clock.sleep(LOOK_EVERY_MS);
  }
  await clock.sleep(LAG_MS);
  return mailbox.holding(token);
}
