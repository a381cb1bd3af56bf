/** Writes the table of differences into `notes/edge-differences.md`, between its two marks: `node test/differential/table.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPLAINED } from './differences.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'notes', 'edge-differences.md');
const BEGIN = '<!-- differences -->';
const END = '<!-- end of differences -->';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const rows = EXPLAINED.map(
  ({ id, peers, edge, other, why, stricter }) =>
    `| \`${id}\` | ${peers.join(', ')} | ${cell(edge)} | ${cell(other)} | ${stricter} | ${cell(why)} |`,
);
const table = [
  '| difference | beside | the edge | the other | stricter | why |',
  '|---|---|---|---|---|---|',
  ...rows,
].join('\n');

const page = readFileSync(PAGE, 'utf8');
const [before = '', after = ''] = [page.slice(0, page.indexOf(BEGIN) + BEGIN.length), page.slice(page.indexOf(END))];
writeFileSync(PAGE, `${before}\n${table}\n${after}`);
