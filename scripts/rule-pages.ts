import type { Rule } from '../src/finding/rule.ts';
import type { ListedRule } from './rule-lists.ts';

const PARTS: Readonly<Record<string, string>> = {
  scan: 'What a scan can say',
  edge: 'What the gateway recognises',
  host: 'What a look inside the machine can say',
};

/** The page of all rules, in Markdown. */
export function rulesPage(rules: readonly ListedRule[]): string {
  const parts = [...new Set(rules.map(({ part }) => part))];
  const sections = parts.map((part) => {
    const mine = rules.filter((one) => one.part === part).map(({ rule }) => rule);
    return `## ${PARTS[part] ?? part}\n\n${mine.map(ruleSection).join('\n')}`;
  });
  return `# Rules

Each sentence that mailward can say about a mail server, with its reason and its remedy. An id stays for ever: reports and
exemptions name it. This page is written by \`node scripts/generate-docs.ts\` from the rules themselves.

${sections.join('\n')}`;
}

function ruleSection({ id, severity, title, why, remedy, references, threat }: Rule): string {
  const remedies = remedy.map(({ platform, text, config }) => {
    const pasted = config === undefined ? '' : `\n\n${fenced(config)}\n`;
    return `- ${platform === '*' ? 'Any server' : platform}: ${text}${pasted}`;
  });
  return `### \`${id}\`

**${title}** (${severity}; ${threat})

${why}

${remedies.join('\n')}

See ${references.join('; ')}.
`;
}

const fenced = (text: string): string => `  \`\`\`\n${text.replaceAll(/^/gm, '  ')}\n  \`\`\``;
