/** Feeds in the shapes of the public ones, small and made up. */

export function kev(...ids: readonly string[]) {
  const vulnerabilities = ids.map((cveID) => ({ cveID, dateAdded: '2026-11-20', dueDate: '2026-12-01' }));
  return { catalogVersion: '2026.11.20', count: ids.length, vulnerabilities };
}

/** NVD's page with one record about Exim. */
export function nvd(id: string, match: object, more: object = {}) {
  const cpeMatch = [{ vulnerable: true, criteria: 'cpe:2.3:a:exim:exim:*:*:*:*:*:*:*:*', ...match }];
  const cve = {
    id,
    published: '2026-11-20T10:00:00.000',
    vulnStatus: 'Analyzed',
    descriptions: [{ lang: 'en', value: 'A made-up hole\nin the queue.' }],
    metrics: {
      cvssMetricV31: [
        { type: 'Primary', cvssData: { baseScore: 9.8, vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' } },
      ],
    },
    weaknesses: [{ description: [{ value: 'CWE-787' }] }],
    configurations: [{ nodes: [{ operator: 'OR', negate: false, cpeMatch }] }],
    ...more,
  };
  return { resultsPerPage: 1, startIndex: 0, totalResults: 1, format: 'NVD_CVE', vulnerabilities: [{ cve }] };
}
