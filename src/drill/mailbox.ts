/** Where the recipient's mail arrives, so that a drill can count what came of what it sent. */
export interface Mailbox {
  /** Messages that hold `token`, raw, in any order. */
  holding(token: string): Promise<readonly Buffer[]>;
}

/** How long a message may take from the server's 250 to the mailbox, and how often it is looked for. */
const DELIVERY_MS = 15_000;
const LOOK_EVERY_MS = 250;

interface Waiting {
  monotonic(): number;
  sleep(ms: number): Promise<void>;
}

/** The messages with a token, as soon as there is one; empty if none came in time. */
export async function arrivals(mailbox: Mailbox, token: string, clock: Waiting): Promise<readonly Buffer[]> {
  const until = clock.monotonic() + DELIVERY_MS;
  for (;;) {
    const found = await mailbox.holding(token);
    if (found.length > 0 || clock.monotonic() >= until) return found;
    await clock.sleep(LOOK_EVERY_MS);
  }
}
