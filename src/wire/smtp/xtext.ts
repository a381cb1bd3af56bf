/** Text in printable ASCII (RFC 3461 §4): what is not, and `+` and `=`, as a `+` and two hexadecimal digits. One character is one byte. */
export function toXtext(text: string): string {
  return text.replace(
    /[^!-*,-<>-~]/g,
    (char) => `+${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0').slice(-2)}`,
  );
}

export function fromXtext(text: string): string {
  return text.replace(/\+([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** True for a text that `toXtext` could have written, but for an empty one. */
export function isXtext(text: string): boolean {
  return /^(?:[!-*,-<>-~]|\+[0-9A-F]{2})+$/.test(text);
}
