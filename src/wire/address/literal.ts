/** True for four decimal numbers up to 255 with dots between (RFC 5321 §4.1.3, Snum). */
export function isIPv4(text: string): boolean {
  const numbers = text.split('.', 5);
  return numbers.length === 4 && numbers.every((number) => /^\d{1,3}$/.test(number) && Number(number) <= 255);
}

/** True for an IPv6 address of RFC 5321 §4.1.3: eight groups, or fewer around one `::`, the last two perhaps as IPv4. */
export function isIPv6(text: string): boolean {
  if (text.length > 45 || !/^[0-9A-Fa-f:.]+$/.test(text)) return false;
  const gap = text.indexOf('::');
  if (gap !== -1 && text.indexOf('::', gap + 1) !== -1) return false;
  const head = groupsOf(gap === -1 ? text : text.slice(0, gap));
  const tail = gap === -1 ? 0 : groupsOf(text.slice(gap + 2));
  if (head === null || tail === null) return false;
  // A `::` for one group is against RFC 5952 §4.2.2, not against the grammar here.
  return gap === -1 ? head === 8 : head + tail <= 7;
}

/** How many groups of 16 bits a part of an address holds; null if it is malformed. */
function groupsOf(text: string): number | null {
  if (text === '') return 0;
  const groups = text.split(':');
  let count = 0;
  for (const [index, group] of groups.entries()) {
    if (group.includes('.')) {
      if (index !== groups.length - 1 || !isIPv4(group)) return null;
      count += 2;
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(group)) count++;
    else return null;
  }
  return count;
}
