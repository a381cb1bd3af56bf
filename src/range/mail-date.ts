/** `Wed, 25 Nov 2026 10:00:00 +0000`, as servers write it in greetings (RFC 5322 §3.3). */
export function mailDate(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
