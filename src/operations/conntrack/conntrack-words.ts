import type { ConntrackFilter } from "./conntrack-filter.ts";
import type { LineOptions } from "./conntrack-line.ts";

/** The options that say what a filter says. */
export function filterWords(filter: ConntrackFilter): string[] {
  const words: string[] = [];
  const say = (option: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(option, `${value}`);
  };
  say("-p", filter.protocol);
  say("-s", filter.src);
  say("-d", filter.dst);
  say("-r", filter.replySrc);
  say("-q", filter.replyDst);
  say("--sport", filter.srcPort);
  say("--dport", filter.dstPort);
  say("--reply-port-src", filter.replySrcPort);
  say("--reply-port-dst", filter.replyDstPort);
  say("--icmp-type", filter.icmpType);
  say("--icmp-code", filter.icmpCode);
  say("--icmp-id", filter.icmpId);
  say("--state", filter.state);
  if (filter.status !== undefined) say("-u", filter.status.join(","));
  const { mark } = filter;
  if (mark !== undefined) say("-m", mark.mask === 0xffffffff ? mark.value : `${mark.value}/${mark.mask}`);
  say("-w", filter.zone);
  say("--orig-zone", filter.origZone);
  say("--reply-zone", filter.replyZone);
  for (const [option, value] of [
    ["-n", filter.srcNat],
    ["-g", filter.dstNat],
    ["-j", filter.anyNat],
  ] as const)
    if (value !== undefined) words.push(option, ...(value === "" ? [] : [value]));
  if (filter.ipv6) words.push("-f", "ipv6");
  return words;
}

export function outputWords(line: LineOptions, format: string): string[] {
  const names = [
    ...(line.extended ? ["extended"] : []),
    ...(line.id ? ["id"] : []),
    ...(line.ktimestamp ? ["ktimestamp"] : []),
    ...(line.labels ? ["labels"] : []),
    ...(format === "plain" ? [] : [format]),
  ];
  return names.length === 0 ? [] : ["-o", names.join(",")];
}
