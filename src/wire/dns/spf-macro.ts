/** One macro (RFC 7208 §7.1): letter, digits, `r`, delimiters; or `%%`, `%_`, `%-`. */
const MACRO = /%(?:\{([a-z])(\d{0,20})r?[.\-+,/_=]*\}|[%_-])/gi;
/** Letters for any use, and those that only an explanation may hold (RFC 7208 §7.2). */
const LETTERS = 'slodiphv';
const EXPLANATION_LETTERS = `${LETTERS}crt`;

/** True if every `%` of a text begins a macro. `explaining` allows the letters of explanations too. */
export function isMacroString(text: string, explaining: boolean): boolean {
  const letters = explaining ? EXPLANATION_LETTERS : LETTERS;
  let sound = true;
  const rest = text.replace(MACRO, (_, letter: string | undefined, digits: string | undefined) => {
    // RFC 7208 §7.1: the number of parts to keep must not be zero.
    if (letter !== undefined && (!letters.includes(letter.toLowerCase()) || /^0+$/.test(digits ?? ''))) sound = false;
    return '';
  });
  return sound && !rest.includes('%');
}

/** True if a domain-spec ends as it must (RFC 7208 §7.1, domain-end): in a dot and a label that is not a number, or in a macro. */
export function endsInLabel(text: string): boolean {
  if (/%(?:\{[^{}]{1,40}\}|[%_-])$/.test(text)) return true;
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const dot = name.lastIndexOf('.');
  const label = name.slice(dot + 1);
  return dot > 0 && /^[A-Za-z0-9-]+$/.test(label) && !/^\d+$|^-|-$/.test(label);
}
