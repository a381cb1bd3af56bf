import type { EdgeLimits } from './options.ts';

/** What a session is doing; it decides which deadline counts. */
export type Doing = 'greeting' | 'command' | 'intake' | 'thinking' | 'handshake' | 'closed';

/**
 * Milliseconds that a session may take for what it does now. Inside a message (`came` tells what came of it so far) a peer must be faster
 * than the floor on average: a byte now and then does not keep a session alive.
 */
export function patience(
  doing: Doing,
  limits: EdgeLimits,
  came: { readonly bytes: number; readonly since: number } | null,
): number {
  if (doing === 'thinking') return limits.answerTimeout;
  if (doing === 'handshake') return limits.handshakeTimeout;
  if (came === null) return limits.commandTimeout;
  const allowed = limits.dataGrace + (came.bytes / limits.dataFloor) * 1000;
  return Math.max(0, Math.min(limits.dataTimeout, allowed - came.since));
}
