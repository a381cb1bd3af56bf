/** What a server was recognised as, and by what. Unknown parts are null, never guessed. */
export interface Identity {
  readonly vendor: string | null;
  readonly product: string | null;
  /** Exactly as far as it is known: a build of three parts stays one of three parts. */
  readonly version: string | null;
  /** Bounds told by behaviour where no version is, for example `>=3.7`; several are joined by a space and all hold. */
  readonly versionRange: string | null;
  /**
   * What people call the version, where it is not its number: `2016 CU23 Nov24SU`, or `2016 CU23` if only that much is known.
   * Without a version, the releases that `versionRange` leaves open: `2007 or 2010`.
   */
  readonly release?: string | null;
  readonly os: string | null;
  /** CPE 2.3, as far as known. */
  readonly cpe: string | null;
  /** 0 to 1. */
  readonly certainty: number;
  readonly because: readonly Reason[];
  /** The product's word in `knowledge/products/names.json`, by which vulnerabilities are looked up. */
  readonly productId?: string | null;
  /** Package revision of a distribution, where the words tell it: `8.17.1.9-2+deb12u2`. */
  readonly packageVersion?: string | null;
}

/** One clue of an identity: where it was seen (`greeting`, `help`, `ehlo order` …) and the words that gave it away. */
export interface Reason {
  readonly clue: string;
  readonly value: string;
}
