import { styleText } from 'node:util';
import type { Grade } from '../finding/grading.ts';
import type { Severity } from '../finding/rule.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours of the terminal: only the sixteen that a user's theme defines, and none at all where they are not wanted. */
export interface Paint {
  strong(text: string): string;
  quiet(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  severity(severity: Severity, text: string): string;
  grade(grade: Grade, text: string): string;
}

const SEVERITY_STYLE: Readonly<Record<Severity, Style>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'dim',
};
const GRADE_STYLE: Readonly<Record<Grade, Style>> = {
  'A+': ['bold', 'green'],
  A: ['bold', 'green'],
  B: ['bold', 'green'],
  C: ['bold', 'yellow'],
  D: ['bold', 'yellow'],
  E: ['bold', 'red'],
  F: ['bold', 'red'],
};

/** A paint box: with `colour` false every method returns its text unchanged. */
export function paintBox(colour: boolean): Paint {
  const as = (style: Style, text: string) =>
    colour && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  return {
    strong: (text) => as('bold', text),
    quiet: (text) => as('dim', text),
    good: (text) => as('green', text),
    bad: (text) => as('red', text),
    warn: (text) => as('yellow', text),
    severity: (severity, text) => as(SEVERITY_STYLE[severity], text),
    grade: (grade, text) => as(GRADE_STYLE[grade], text),
  };
}
