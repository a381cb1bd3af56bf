import type { HoleKnowledge } from '../knowledge/load-vulnerabilities.ts';
import { isDebianVersion } from './debian-version.ts';
import type { PackageRevision } from './judge-debian.ts';
import { distributionIn } from './vulnerable.ts';

/** What a text that stands for a version says. */
export interface VersionTold {
  readonly version: string | null;
  readonly versionRange: string | null;
  readonly package: PackageRevision | null;
  readonly distribution: string | null;
}

/** A revision of Debian's behind a version of Sendmail: `8.17.1.9/8.17.1.9/Debian-2+deb12u2`. */
const SENDMAIL = /^(\d[\d.]*)\/\d[\d.]*\/(?:Debian|Ubuntu|SuSE)-([0-9A-Za-z.+~]+)$/;
/** What only a Debian revision holds. */
const REVISION_MARK = /[+~]deb\d|ubuntu|dfsg|~bpo|^\d{1,3}:\d/;
/** A plain revision of unstable, perhaps built anew: `4.96-15`, `3.5.6-1+b1`. */
const PLAIN_REVISION = /^\d[\d.]*(?:p\d+)?-\d{1,3}(?:\.\d{1,3})?(?:\+b\d{1,3})?$/;

/** Reads a version, a package revision or bounds, as a person or a banner writes them. */
export function readVersionText(product: string, text: string, knowledge: HoleKnowledge): VersionTold {
  const given = text.trim();
  const nothing = { version: null, versionRange: null, package: null, distribution: distributionIn(given) };
  if (/^[<>=]/.test(given)) return { ...nothing, versionRange: given };
  const sendmail = SENDMAIL.exec(given);
  if (sendmail?.[1] !== undefined && sendmail[2] !== undefined) {
    const revision = `${sendmail[1]}-${sendmail[2]}`;
    return { ...nothing, version: sendmail[1], package: { source: null, revision } };
  }
  const packaged = isDebianVersion(given) && (REVISION_MARK.test(given) || isPlainRevision(product, given, knowledge));
  if (packaged) return { ...nothing, version: upstream(given), package: { source: null, revision: given } };
  return { ...nothing, version: given === '' ? null : given };
}

/** A hyphen and a number are a revision only where Debian has the product and the product has no such versions itself. */
function isPlainRevision(product: string, text: string, knowledge: HoleKnowledge): boolean {
  return PLAIN_REVISION.test(text) && (knowledge.holesOf(product)?.debian ?? []).length > 0;
}

function upstream(revision: string): string {
  return revision
    .replace(/^\d{1,9}:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[+~](?:dfsg|debian|ds|repack).*$/, '');
}
