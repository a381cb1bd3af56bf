import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OptionLeaf, optionLeaves } from './option-walk.ts';

const root = join(import.meta.dirname, '..');

/** What a setting is if nothing is said, where its schema cannot tell; and why it is there. Of a setting, or of what it stands in. */
type Reasons = Readonly<Record<string, readonly [standard: string, why: string]>>;

/** A row of the page. */
export interface OptionRow {
  readonly path: string;
  readonly standard: string;
  readonly why: string;
}

/** All settings, each with its default and its reason. The bounds bring theirs from where they are declared. */
export function optionRows(): OptionRow[] {
  const reasons = JSON.parse(readFileSync(join(root, 'scripts/option-reasons.json'), 'utf8')) as Reasons;
  const bounds = boundReasons(readFileSync(join(root, 'src/edge/options.ts'), 'utf8'));
  return optionLeaves().map((leaf) => rowOf(leaf, reasons, bounds));
}

function rowOf(
  { path, standard, described }: OptionLeaf,
  reasons: Reasons,
  bounds: ReadonlyMap<string, string>,
): OptionRow {
  const parts = path.split('.');
  const above = parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
  const why =
    described ??
    bounds.get(path) ??
    above.map((name) => reasons[name]?.[1]).find((text) => text !== undefined && text !== '');
  const set = standardOf(path, standard, reasons[path]?.[0] ?? '');
  return { path, standard: set, why: why ?? '' };
}

function standardOf(path: string, standard: string, told: string): string {
  if (told !== '') return told;
  if (path === 'listen') return '`0.0.0.0:25`';
  return standard === '' ? '' : `\`${/^0\.\d{5,}$/.test(standard) ? Number(standard).toFixed(4) : standard}\``;
}

/** The comments on the bounds, as `limits.name`. */
function boundReasons(source: string): ReadonlyMap<string, string> {
  const declared = source.slice(source.indexOf('interface EdgeLimits'), source.indexOf('export const EDGE_LIMITS'));
  const found = declared.matchAll(/\/\*\*((?:[^*]|\*(?!\/)){1,600})\*\/\s+readonly (\w+): number;/g);
  return new Map([...found].map(([, why = '', name]) => [`limits.${name}`, why.replace(/\s+(?:\*\s+)?/g, ' ').trim()]));
}

/** The page of all settings, in Markdown. */
export function optionsPage(): string {
  const rows = optionRows().map(({ path, standard, why }) => `| \`${path}\` | ${cell(standard)} | ${cell(why)} |`);
  return `# Options of the edge

Every setting of \`mailward edge --config FILE\`, what it is if nothing is said, and why it is there. This page is written by
\`node scripts/generate-docs.ts\` from the schema of the configuration. Dots stand for nesting: \`limits.recipients\` is written
\`limits: { recipients: 200 }\`. Sizes are written as \`36 MiB\`, times as \`30s\`, \`5m\`, \`35d\`, parts as \`90%\`.
\`mailward edge --example\` prints a file to start from, \`mailward edge --config FILE --check\` says what is wrong with yours.

| setting | default | why |
|---|---|---|
${rows.join('\n')}
`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
