// RESP, the protocol of Redis ("Redis serialization protocol specification"): each character of a text is a byte.

/** A command as the server reads it: its words, none of an empty line. */
interface Command {
  readonly words: readonly string[];
  /** How much of the text it is. */
  readonly used: number;
  readonly wrong: null;
}

/** What is no command, in the server's words. */
interface WrongCommand {
  readonly wrong: string;
}

/** What a server answers; `text` of a bulk is null where there is no value. */
export type Reply =
  | { readonly kind: "status" | "error"; readonly text: string }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "bulk"; readonly text: string | null }
  | { readonly kind: "array"; readonly replies: readonly Reply[] };

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["b", "\b"],
  ["a", "\x07"],
]);
const MOST_WORDS = 1024 * 1024;
const MOST_BYTES = 512 * 1024 * 1024;

/** A word: plain characters, and a quoted text at its end, after which it ends too. */
const WORD = /([^\s"']*)(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:\\'|[^'])*)')?(?=\s|$)/y;

/** Splits a line into words; null where a quote is open, or a word goes on after one. */
export function splitWords(line: string): string[] | null {
  const words: string[] = [];
  for (let at = 0; ; at = WORD.lastIndex) {
    const gap = line.slice(at).search(/\S/);
    if (gap < 0) return words;
    WORD.lastIndex = at + gap;
    const match = WORD.exec(line);
    if (match === null) return null;
    const [, plain, double = "", single = ""] = match;
    words.push(plain + unescaped(double) + single.replaceAll("\\'", "'"));
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g, (_, hex: string | undefined, other: string) =>
    hex === undefined ? (ESCAPES.get(other) ?? other) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Reads one command, a line or an array of bulks; null while it is not whole. */
export function readCommand(text: string): Command | WrongCommand | null {
  if (!text.startsWith("*")) {
    const end = text.indexOf("\n");
    if (end < 0) return null;
    const words = splitWords(text.slice(0, end).replace(/\r$/, ""));
    if (words === null) return { wrong: "unbalanced quotes in request" };
    return { words, used: end + 1, wrong: null };
  }
  const head = readLine(text, 0);
  if (head === null) return null;
  const count = readNumber(head.line.slice(1));
  if (count === null || count > MOST_WORDS) return { wrong: "invalid multibulk length" };
  let at = head.after;
  const words: string[] = [];
  for (let i = 0; i < count; i++) {
    const size = readLine(text, at);
    if (size === null) return null;
    const first = size.line.slice(0, 1);
    if (first !== "$") return { wrong: `expected '$', got '${first}'` };
    const length = readNumber(size.line.slice(1));
    if (length === null || length < 0 || length > MOST_BYTES) return { wrong: "invalid bulk length" };
    at = size.after + length + 2;
    if (text.length < at) return null;
    words.push(text.slice(size.after, at - 2));
  }
  return { words, used: at, wrong: null };
}

/** A command as clients send it. */
export function commandText(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
}

export function replyText(reply: Reply): string {
  switch (reply.kind) {
    case "status":
      return `+${reply.text}\r\n`;
    case "error":
      return `-${reply.text}\r\n`;
    case "integer":
      return `:${reply.value}\r\n`;
    case "bulk":
      return reply.text === null ? "$-1\r\n" : `$${reply.text.length}\r\n${reply.text}\r\n`;
    case "array":
      return `*${reply.replies.length}\r\n${reply.replies.map(replyText).join("")}`;
  }
}

/** What is no reply, in the words of the client's library (hiredis, read.c). */
export class ProtocolMistake extends Error {
  override readonly name = "ProtocolMistake";
}

/** Reads one reply and says where the next begins; null while it is not whole. @throws {ProtocolMistake} when it is none */
export function readReply(text: string, from = 0): { readonly reply: Reply; readonly after: number } | null {
  const type = text[from];
  if (type !== undefined && !"+-:$*".includes(type))
    throw new ProtocolMistake(`Protocol error, got ${JSON.stringify(type)} as reply type byte`);
  const head = readLine(text, from);
  if (head === null) return null;
  const rest = head.line.slice(1);
  switch (type) {
    case "+":
      return { reply: { kind: "status", text: rest }, after: head.after };
    case "-":
      return { reply: { kind: "error", text: rest }, after: head.after };
    case ":":
      if (!/^-?\d+$/.test(rest)) throw new ProtocolMistake("Bad integer value");
      return { reply: { kind: "integer", value: BigInt(rest) }, after: head.after };
  }
  const length = readNumber(rest);
  if (length === null)
    throw new ProtocolMistake(type === "$" ? "Bad bulk string length" : "Bad multi-bulk length");
  if (length < 0) return { reply: { kind: "bulk", text: null }, after: head.after };
  if (type === "$") {
    const after = head.after + length + 2;
    if (text.length < after) return null;
    return { reply: { kind: "bulk", text: text.slice(head.after, after - 2) }, after };
  }
  const replies: Reply[] = [];
  let at = head.after;
  for (let i = 0; i < length; i++) {
    const next = readReply(text, at);
    if (next === null) return null;
    replies.push(next.reply);
    at = next.after;
  }
  return { reply: { kind: "array", replies }, after: at };
}

function readLine(text: string, from: number): { readonly line: string; readonly after: number } | null {
  const end = text.indexOf("\r\n", from);
  return end < 0 ? null : { line: text.slice(from, end), after: end + 2 };
}

function readNumber(text: string): number | null {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : null;
}
