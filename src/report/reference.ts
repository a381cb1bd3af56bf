/** The web address of a reference (RFC section, CVE, CWE, web address), or null where none is known. */
export function referenceAddress(reference: string): string | null {
  const rfc = /^RFC (\d{1,5})(?: §([\w.]{1,20}))?$/.exec(reference);
  if (rfc !== null)
    return `https://www.rfc-editor.org/rfc/rfc${rfc[1]}${rfc[2] === undefined ? '' : `#section-${rfc[2]}`}`;
  if (/^CVE-\d{4}-\d{4,9}$/.test(reference)) return `https://www.cve.org/CVERecord?id=${reference}`;
  const cwe = /^CWE-(\d{1,5})$/.exec(reference);
  if (cwe !== null) return `https://cwe.mitre.org/data/definitions/${cwe[1]}.html`;
  return /^https?:\/\/[\w.-]+(?::\d+)?(?:\/[\w./~%?#&=+,;:@!-]*)?$/.test(reference) ? reference : null;
}
