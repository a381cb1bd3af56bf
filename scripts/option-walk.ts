import { edgeConfig } from '../src/apps/edge/config/config-schema.ts';
import { bytes, duration, durationOrNone, share } from '../src/apps/edge/config/units.ts';
import { EDGE_LIMITS } from '../src/edge/options.ts';

/** A setting of the edge that takes a value. */
export interface OptionLeaf {
  /** With dots. */
  readonly path: string;
  /** As a person would write it; empty if there is none. */
  readonly standard: string;
  /** What its schema says of it, or of what it stands in. */
  readonly described: string | undefined;
}

interface Node {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly description?: string;
  readonly def?: { readonly innerType?: unknown; readonly in?: unknown; readonly out?: unknown };
}

const LEAST = { upstream: '10.0.0.5:25', domains: ['example.com'] };

/** All settings in the order of the schema, with what they are if nothing is said. */
export function optionLeaves(): OptionLeaf[] {
  const standards: Readonly<Record<string, unknown>> = { ...edgeConfig.parse(LEAST), limits: EDGE_LIMITS };
  return leavesOf(edgeConfig, '', standards, undefined);
}

function leavesOf(schema: unknown, path: string, standard: unknown, around: string | undefined): OptionLeaf[] {
  const chain = chainOf(schema);
  const described = chain.map(({ description }) => description).find((text) => text !== undefined) ?? around;
  const shape = chain.map((node) => node.shape).find((found) => found !== undefined);
  if (shape === undefined) return [{ path, standard: shown(standard, chain), described }];
  return Object.entries(shape).flatMap(([name, inner]) =>
    leavesOf(
      inner,
      path === '' ? name : `${path}.${name}`,
      (standard as Readonly<Record<string, unknown>> | undefined)?.[name],
      path === '' ? undefined : described,
    ),
  );
}

/** A schema and what it wraps: defaults, transforms, preparations. */
function chainOf(schema: unknown): Node[] {
  const node = schema as Node | undefined;
  if (node === undefined) return [];
  return [node, ...[node.def?.innerType, node.def?.out, node.def?.in].flatMap(chainOf)];
}

function shown(value: unknown, chain: readonly unknown[]): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') {
    if (chain.includes(bytes)) return inUnits(value, SIZES);
    if (chain.includes(duration) || chain.includes(durationOrNone)) return value === 0 ? '0s' : inUnits(value, TIMES);
    if (chain.includes(share)) return `${value * 100}%`;
  }
  if (Array.isArray(value)) return `[${value.map((item) => (typeof item === 'string' ? item : '…')).join(', ')}]`;
  return typeof value === 'object' ? '' : String(value);
}

const SIZES: readonly (readonly [string, number])[] = [
  [' MiB', 1_048_576],
  [' KiB', 1_024],
  ['', 1],
];
const TIMES: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

function inUnits(value: number, units: readonly (readonly [string, number])[]): string {
  const [unit, size] = units.find(([, size]) => value % size === 0) ?? ['', 1];
  return `${value / size}${unit}`;
}
