/** Bits of {@link NatRange.flags} (NF_NAT_RANGE_*). */
export const RangeFlag = {
  mapAddresses: 1,
  portsSpecified: 2,
  random: 4,
  persistent: 8,
  randomFully: 16,
  /** Both kinds of random. */
  randomAll: 20,
  portOffset: 32,
  netmap: 64,
} as const;

/** What a translation may choose from (struct nf_nat_range2). Addresses are int32; ICMP has its identifiers as ports. */
export interface NatRange {
  readonly flags: number;
  readonly minAddress: number;
  readonly maxAddress: number;
  readonly minPort: number;
  readonly maxPort: number;
  /** With `portOffset`: the port that becomes `minPort`. */
  readonly basePort: number;
}
