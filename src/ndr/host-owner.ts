/** True if both host names end in the same two labels, or three where the first of two is as short as `co.jp`. */
export function areRelated(a: string, b: string): boolean {
  const [first, second] = [a.toLowerCase(), b.toLowerCase()];
  return first === second || (ownerOf(first) === ownerOf(second) && ownerOf(first) !== '');
}

function ownerOf(name: string): string {
  const labels = name.replace(/\.$/, '').split('.');
  const second = labels.at(-2) ?? '';
  return labels.length < 2
    ? ''
    : labels.slice(second.length <= 3 && (labels.at(-1) as string).length === 2 ? -3 : -2).join('.');
}
