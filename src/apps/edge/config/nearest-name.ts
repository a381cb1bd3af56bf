/** The name that somebody meant who wrote another: one whose begin it is, or that one slip of the finger makes of it. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(given);
  if (wanted === '') return undefined;
  return names.find((name) => {
    const candidate = plain(name);
    return (
      candidate === wanted || candidate.startsWith(wanted) || wanted.startsWith(candidate) || near(wanted, candidate)
    );
  });
}

/** True if one text becomes the other by one change: a letter put in, left out or replaced, or two exchanged. */
function near(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const rest = (text: string, from: number) => text.slice(from);
  return (
    rest(a, at + 1) === rest(b, at + 1) ||
    rest(a, at) === rest(b, at + 1) ||
    rest(a, at + 1) === rest(b, at) ||
    (a[at] === b[at + 1] && a[at + 1] === b[at] && rest(a, at + 2) === rest(b, at + 2))
  );
}
