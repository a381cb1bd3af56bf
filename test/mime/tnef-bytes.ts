/** Writes TNEF (MS-OXTNEF), as far as tests need it. */

/** A file of attributes. */
export function tnefFile(...attributes: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from('789f3e220100', 'hex'), ...attributes]);
}

/** An attribute of a level, with its checksum. */
export function attribute(level: 1 | 2, id: number, data: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head[0] = level;
  head.writeUInt32LE(id, 1);
  head.writeUInt32LE(data.length, 5);
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(data.reduce((total, byte) => (total + byte) & 0xffff, 0));
  return Buffer.concat([head, data, sum]);
}

/** A property list: number, type of variable size, value. */
export function mapiProperties(...properties: readonly (readonly [number, number, Buffer])[]): Buffer {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const pieces = properties.map(([id, type, value]) => {
    const padding = Buffer.alloc((4 - (value.length % 4)) % 4);
    return Buffer.concat([number((id << 16) | type), number(1), number(value.length), value, padding]);
  });
  return Buffer.concat([number(properties.length), ...pieces]);
}
