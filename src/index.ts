/** What mailward offers to other programs: reading, recognising and judging, without a network. */
export type { Finding } from './finding/finding.ts';
export type { Identity } from './finding/identity.ts';
export type { NdrReport } from './finding/ndr-report.ts';
export type { Report } from './finding/report.ts';
export type { Rule } from './finding/rule.ts';
export type { Vulnerability } from './finding/vulnerability.ts';
export { identify } from './platform/identify.ts';
export type { Sighting, SightingKind } from './platform/sighting.ts';
export { holesOf, vulnerabilitiesOf } from './platform/vulnerable.ts';
export { renderHtml } from './report/html.ts';
export { reportJson } from './report/json.ts';
export { readReport } from './report/read-json.ts';
export { reportSarif } from './report/sarif.ts';
export { renderText } from './report/text.ts';
export type { Dossier } from './scan/dossier.ts';
export { judge } from './scan/judge.ts';
export { decodeBody, type Message, type Part, readMessage, textOf } from './wire/mime/message.ts';
