/** What `-v` shows of a transfer, on standard error. */
export class CurlReport {
  readonly #write: ((text: string) => void) | null;
  /** Data are told of once in a row. */
  #dataTold = false;
  readonly #tellsOfData: boolean;

  /** `write` is null without `-v`. `tellsOfData` is false when the body goes to the same terminal. */
  constructor(write: ((text: string) => void) | null, tellsOfData: boolean) {
    this.#write = write;
    this.#tellsOfData = tellsOfData;
  }

  info(text: string): void {
    this.#line(`* ${text}\n`);
  }

  /** The head of a request, with its line ends. */
  sent(head: string): void {
    for (const line of head.match(/[^\n]*\n/g) ?? []) this.#line(`> ${line}`);
  }

  /** A line of a response, with its line end. */
  received(line: string): void {
    this.#line(`< ${line}`);
  }

  sentData(length: number): void {
    this.#data("}", length);
  }

  receivedData(length: number): void {
    this.#data("{", length);
  }

  #line(text: string): void {
    this.#dataTold = false;
    this.#write?.(text);
  }

  #data(sign: string, length: number): void {
    if (this.#dataTold || !this.#tellsOfData) return;
    this.#dataTold = true;
    this.#write?.(`${sign} [${length} bytes data]\n`);
  }
}
