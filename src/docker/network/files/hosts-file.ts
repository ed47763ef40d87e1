/** What every container's /etc/hosts begins with (libnetwork, etchosts). */
const DEFAULT = `127.0.0.1	localhost
::1	localhost ip6-localhost ip6-loopback
fe00::0	ip6-localnet
ff00::0	ip6-mcastprefix
ff02::1	ip6-allnodes
ff02::2	ip6-allrouters
`;

/** A line: an address and the names that it has, with blanks between. */
interface HostsRecord {
  readonly address: string;
  readonly names: string;
}

/** The /etc/hosts of a container, which grows and shrinks with its networks. */
export class HostsFile {
  #text: string;

  /** @param text what it begins with, unless that is what every container's begins with. */
  constructor(records: readonly HostsRecord[], text: string = DEFAULT) {
    this.#text = text;
    for (const record of records) this.add(record);
  }

  get text(): string {
    return this.#text;
  }

  add({ address, names }: HostsRecord): void {
    this.#text += `${address}\t${names}\n`;
  }

  /** Gives the lines whose first name this is another address (etchosts.Update). */
  move(name: string, address: string): void {
    this.#text = this.#text
      .split("\n")
      .map((line) => {
        const [, names = ""] = line.split("\t");
        const first = /^[^\s.]*/.exec(names)![0];
        return first === name || names.startsWith(`${name}.`) ? `${address}\t${names}` : line;
      })
      .join("\n");
  }

  /** Takes away the lines that end in one of these names, whatever their address: the engine does so too. */
  remove(names: Iterable<string>): void {
    const endings = [...names].map((name) => `\t${name}`);
    const kept = this.#text
      .split("\n")
      .filter((line) => line !== "" && !endings.some((ending) => line.endsWith(ending)));
    this.#text = kept.map((line) => `${line}\n`).join("");
  }
}
