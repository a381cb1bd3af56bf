/** Bounds of one message. Beyond each the reader stops looking deeper and names the bound in `limitsReached`; it never throws. */
export interface MimeLimits {
  /** Containers inside one another, the message itself not counted. */
  readonly depth: number;
  /** Parts of all depths together. */
  readonly parts: number;
  /** Fields of one header block. */
  readonly headerFields: number;
  /** Bytes of one header block, line ends counted. */
  readonly headerBytes: number;
  /** Bytes of one line, line end not counted. A longer one is read whole and noted. */
  readonly lineLength: number;
  /** Parameters of one Content-Type or Content-Disposition field. */
  readonly parameters: number;
  /** Bytes of a boundary (RFC 2046 §5.1.1 says 70). */
  readonly boundaryLength: number;
  /** Bytes that one body may decode to. */
  readonly decodedBytes: number;
  /** Readings besides the usual one that are worked out where a message can be read in several ways. */
  readonly readings: number;
}

export type MimeLimit = keyof MimeLimits;

export const MIME_LIMITS: MimeLimits = {
  depth: 50,
  parts: 2_000,
  headerFields: 2_000,
  headerBytes: 512 * 1024,
  lineLength: 1 << 20,
  parameters: 100,
  boundaryLength: 16_384,
  decodedBytes: 256 * 1024 * 1024,
  readings: 24,
};
