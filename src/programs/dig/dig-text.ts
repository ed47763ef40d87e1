import * as dns from "../../wire/dns.ts";
import * as ip from "../../wire/ipv4-address.ts";
import * as ipv6 from "../../wire/ipv6.ts";
import type { DigQuery } from "./dig-options.ts";

/** The data of a record as a zone file has it. */
export function dataText({ data }: dns.DnsRecord): string {
  switch (data.kind) {
    case "address":
      return ip.format(data.address);
    case "address6":
      return ipv6.formatAddress(new DataView(data.octets.buffer, data.octets.byteOffset), 0);
    case "name":
      return `${data.name}.`;
    case "mx":
      return `${data.preference} ${data.name}.`;
    case "srv":
      return `${data.priority} ${data.weight} ${data.port} ${data.name}.`;
    case "text":
      return data.strings.map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`).join(" ");
    case "soa":
      return `${data.name}. ${data.mailbox}. ${data.numbers.join(" ")}`;
    default:
      return `\\# ${data.octets.length}${[...data.octets].map((o) => ` ${o.toString(16).padStart(2, "0")}`).join("")}`;
  }
}

/** Where what follows a name stands. */
const COLUMN = 24;

/** A name, filled up with tabs, at least one. */
function toColumn(text: string): string {
  const missing = COLUMN - text.length;
  return text + "\t".repeat(missing > 0 ? Math.ceil(missing / 8) : 1);
}

function recordLine(record: dns.DnsRecord, query: DigQuery): string {
  let text = toColumn(`${record.name}.`);
  // A name that fills the column leaves no room, and its tab stands for one more.
  if (query.ttl) text += `${record.ttl}\t`;
  if (query.class) text += "IN\t";
  return `${text}${dns.typeName(record.type)}\t${dataText(record)}`;
}

function sectionLines(title: string, records: readonly dns.DnsRecord[], query: DigQuery): string[] {
  if (records.length === 0) return [];
  const lines = records.map((record) => recordLine(record, query));
  return query.comments ? [`;; ${title} SECTION:`, ...lines, ""] : lines;
}

/** A whole answer as dig prints it, without the statistics. */
export function answerText(answer: dns.DnsMessage, query: DigQuery): string {
  const { flags, questions, answers, authorities, additionals } = answer;
  const opt = additionals.find(({ type }) => type === dns.TYPE_OPT);
  const rest = additionals.filter((record) => record !== opt);
  const lines: string[] = [];
  if (query.comments) {
    const names: readonly (readonly [boolean, string])[] = [
      [flags.response, "qr"],
      [flags.authoritative, "aa"],
      [flags.truncated, "tc"],
      [flags.recursionDesired, "rd"],
      [flags.recursionAvailable, "ra"],
      [flags.authenticData, "ad"],
      [flags.checkingDisabled, "cd"],
    ];
    const shown = names.flatMap(([has, name]) => (has ? [name] : [])).join(" ");
    const counts = `QUERY: ${questions.length}, ANSWER: ${answers.length}, AUTHORITY: ${authorities.length}, ADDITIONAL: ${additionals.length}`;
    lines.push(
      ";; Got answer:",
      `;; ->>HEADER<<- opcode: QUERY, status: ${dns.RCODES[flags.rcode] ?? flags.rcode}, id: ${answer.id}`,
      `;; flags: ${shown}; ${counts}`,
    );
    if (flags.recursionDesired && !flags.recursionAvailable)
      lines.push(";; WARNING: recursion requested but not available");
    lines.push("");
    if (opt !== undefined)
      lines.push(";; OPT PSEUDOSECTION:", `; EDNS: version: 0, flags:; udp: ${opt.class}`);
  }
  if (query.question) {
    if (query.comments) lines.push(";; QUESTION SECTION:");
    for (const { name, type } of questions) lines.push(`${toColumn(`;${name}.`)}\tIN\t${dns.typeName(type)}`);
    lines.push("");
  } else if (query.comments && opt !== undefined) lines.push("");
  if (query.answer) lines.push(...sectionLines("ANSWER", answers, query));
  if (query.authority) lines.push(...sectionLines("AUTHORITY", authorities, query));
  if (query.additional) lines.push(...sectionLines("ADDITIONAL", rest, query));
  return lines.map((line) => `${line}\n`).join("");
}
