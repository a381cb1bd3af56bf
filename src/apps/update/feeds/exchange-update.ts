const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The name a security update of a day goes by: `Nov24SU` of 2024-11-12. */
export function updateName(day: string): string {
  return `${MONTHS[Number(day.slice(5, 7)) - 1] ?? ''}${day.slice(2, 4)}SU`;
}
