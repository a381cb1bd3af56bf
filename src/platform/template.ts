/** Puts captures into the `<name>`s of a template; null if one is missing. */
export function fillTemplate(template: string, captures: ReadonlyMap<string, string>): string | null {
  let missing = false;
  const filled = template.replace(/<(\w+)>/g, (_, word: string) => {
    const value = captures.get(word);
    if (value === undefined) missing = true;
    return value ?? '';
  });
  return missing ? null : filled;
}
