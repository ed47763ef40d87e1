/** The text of an 802.2 frame (IEEE 802.2): the header only, since nothing here speaks any protocol above it. */
import { hex, type Printer } from "./printer.ts";

const SAPS: Readonly<Record<number, string>> = {
  0: "Null",
  2: "802.1B I",
  3: "802.1B G",
  4: "SNA",
  6: "IP",
  14: "ProWay NM",
  66: "STP",
  78: "RS511",
  126: "ISO8208",
  142: "ProWay",
  170: "SNAP",
  224: "IPX",
  240: "NetBeui",
  254: "OSI",
  255: "Global",
};

const COMMANDS: Readonly<Record<number, string>> = {
  3: "ui",
  227: "test",
  175: "xid",
  99: "ua",
  67: "disc",
  15: "dm",
  111: "sabme",
  135: "frmr",
};

const SUPERVISORY = ["Receiver Ready", "Receiver not Ready", "Reject"];

/** `addresses` is the text `source > destination, ` of the frame around it. */
export function printLlc(p: Printer, at: number, length: number, addresses: string): void {
  p.protocol = "llc";
  const captured = Math.min(p.available(at), length);
  if (captured < 3) {
    p.truncated();
    p.dump(at, captured);
    return;
  }
  const dsapField = p.u8(at);
  const ssapField = p.u8(at + 1);
  let control = p.u8(at + 2);
  const unnumbered = (control & 3) === 3;
  const header = unnumbered ? 3 : 4;
  if (captured < header) {
    p.truncated();
    p.dump(at, captured);
    return;
  }
  if (!unnumbered) control |= p.u8(at + 3) << 8;
  const dsap = dsapField & 0xfe;
  const ssap = ssapField & 0xfe;
  if (p.options.linkHeader) {
    p.print(
      `LLC, dsap ${SAPS[dsap] ?? "Unknown"} (0x${hex(dsap, 2)}) ${(dsapField & 1) !== 0 ? "Group" : "Individual"}, ` +
        `ssap ${SAPS[ssap] ?? "Unknown"} (0x${hex(ssap, 2)}) ${(ssapField & 1) !== 0 ? "Response" : "Command"}, ` +
        `ctrl 0x${hex(control, unnumbered ? 2 : 4)}: `,
    );
  } else {
    const [src, dst] = addresses.slice(0, -2).split(" > ") as [string, string];
    const to = SAPS[dsap] ?? `Unknown DSAP 0x${hex(dsap, 2)}`;
    if (ssap === dsap) p.print(`${src} > ${dst} ${to} `);
    else p.print(`${src} ${SAPS[ssap] ?? `Unknown SSAP 0x${hex(ssap, 2)}`} > ${dst} ${to} `);
  }
  const response = (ssapField & 1) !== 0;
  const poll = (control & (unnumbered ? 0x10 : 0x0100)) !== 0;
  const flags = poll ? (response ? "Final" : "Poll") : response ? "Response" : "Command";
  const tail = `Flags [${flags}], length ${length}`;
  if (unnumbered) {
    const command = control & 0xef;
    p.print(`Unnumbered, ${COMMANDS[command] ?? hex(command, 2)}, ${tail}`);
  } else if ((control & 1) !== 0) {
    p.print(`Supervisory, ${SUPERVISORY[(control >>> 2) & 3] ?? "?"}, rcv seq ${control >>> 9}, ${tail}`);
    return;
  } else {
    p.print(`Information, send seq ${(control >>> 1) & 0x7f}, rcv seq ${control >>> 9}, ${tail}`);
  }
  p.dumpUnknown(at, captured);
}
