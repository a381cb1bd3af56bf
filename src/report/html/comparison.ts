import type { Finding } from '../../finding/finding.ts';
import type { Vulnerability } from '../../finding/vulnerability.ts';
import { type Comparison, isUnchanged } from '../compare.ts';
import { timeWords } from '../words.ts';
import { severityLabel } from './findings.ts';
import { html, type Markup } from './markup.ts';
import { type Section, section } from './section.ts';

/** What is new, what is gone and who answers instead, against an earlier report. */
export function comparisonSection(comparison: Comparison): Section {
  const { earlier, later, findings, vulnerabilities, identities } = comparison;
  const fresh = [...findings.fresh.map(findingItem), ...vulnerabilities.fresh.map(holeItem)];
  const [goneFindings, goneHoles] = [findings.gone, vulnerabilities.gone];
  const mended = [
    ...goneFindings.filter(({ seen }) => seen).map(({ item }) => findingItem(item)),
    ...goneHoles.filter(({ seen }) => seen).map(({ item }) => holeItem(item)),
  ];
  const lost = [
    ...goneFindings.filter(({ seen }) => !seen).map(({ item }) => findingItem(item)),
    ...goneHoles.filter(({ seen }) => !seen).map(({ item }) => holeItem(item)),
  ];
  const others = identities.map(
    ({ server, endpoint, before, after }) =>
      html`<li>${server} <code>${endpoint}</code>: ${before ?? 'unknown'} → <strong>${after ?? 'unknown'}</strong></li>
`,
  );
  const same = findings.same.length + vulnerabilities.same.length;
  return section(
    'changes',
    'Since the last look',
    fresh.length + mended.length + lost.length + others.length,
    `${timeWords(earlier.at)}: ${earlier.grade} ${earlier.score} → ${later.grade} ${later.score}`,
    html`${isUnchanged(comparison) ? html`<p>Nothing changed.</p>` : null}
<div class="changes">
${list('New', 'change-new', fresh)}${list('Gone', 'change-gone', mended)}${list('Not looked at this time', 'change-lost', lost)}${list('Another product answers', 'change-other', others)}
</div>
${same > 0 ? html`<p class="quiet">${same} as before.</p>` : null}`,
  );
}

function list(title: string, style: string, items: readonly Markup[]): Markup | null {
  if (items.length === 0) return null;
  return html`<div class="${style}"><h3>${title} <span class="count">${items.length}</span></h3><ul>
${items}</ul></div>
`;
}

function findingItem({ rule, subject }: Finding): Markup {
  return html`<li>${severityLabel(rule.severity)} ${rule.title} <code>${subject}</code></li>
`;
}

function holeItem({ id, severity, subject, gain }: Vulnerability): Markup {
  return html`<li>${severityLabel(severity)} ${id} <code>${subject}</code>${gain === null ? null : html` <span class="quiet">${gain}</span>`}</li>
`;
}
