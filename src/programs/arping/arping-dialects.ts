/** Where iputils' and busybox's arping, which ask in the same way, say different things. */
export interface ArpingDialect {
  /** In front of the time of an answer. */
  readonly gap: string;
  /** A hardware address as it prints it. */
  mac(text: string): string;
  /** Asked through when no device is named; null: the device that the route leaves by. */
  readonly device: string | null;
  /** The status of one who may not send packets of his own. */
  readonly forbidden: number;
  isDown(device: string): string;
  isNotArpable(device: string): string;
  isMissing(device: string): string;
  isUnknown(host: string, why: string): string;
  summary(counts: ArpingCounts): string;
}

interface ArpingCounts {
  readonly sent: number;
  readonly broadcasts: number;
  readonly received: number;
  readonly requests: number;
  readonly receivedBroadcasts: number;
  /** -c was given. */
  readonly counted: boolean;
}

export const IPUTILS_ARPING: ArpingDialect = {
  gap: " ",
  mac: (text) => text.toUpperCase(),
  device: null,
  forbidden: 2,
  isDown: (device) => `Interface "${device}" is down\n`,
  isNotArpable: (device) => `Interface "${device}" is not ARPable\n`,
  isMissing: (device) => `arping: Device ${device} not available.\n`,
  isUnknown: (host, why) => `arping: ${host}: ${why}\n`,
  summary: ({ sent, broadcasts, received }) =>
    `Sent ${sent} probes (${broadcasts} broadcast(s))\nReceived ${received} response(s)\n`,
};

export const BUSYBOX_ARPING: ArpingDialect = {
  gap: "",
  mac: (text) => text,
  device: "eth0",
  forbidden: 1,
  isDown: (device) => `arping: interface ${device} is down\n`,
  isNotArpable: (device) => `arping: interface ${device} is not ARPable\n`,
  isMissing: (device) => `arping: interface ${device} not found: No such device\n`,
  isUnknown: (host) => `arping: bad address '${host}'\n`,
  // Under -c it takes none of its own packets for a broadcast: two of its flags share a bit.
  summary: ({ sent, broadcasts, received, requests, receivedBroadcasts, counted }) =>
    `Sent ${sent} probe(s) (${counted ? 0 : broadcasts} broadcast(s))\n` +
    `Received ${received} response(s) (${requests} request(s), ${receivedBroadcasts} broadcast(s))\n`,
};
