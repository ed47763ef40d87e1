/** Lines of a resolv.conf by their kind, comments left out. */
function values(text: string, keyword: string): string[] {
  return text
    .split("\n")
    .map((line) =>
      line
        .replace(/[#;].*/, "")
        .trim()
        .split(/\s+/),
    )
    .filter(([first]) => first === keyword)
    .flatMap(([, ...rest]) => rest);
}

export function nameservers(text: string): string[] {
  return values(text, "nameserver");
}

/** The last `search` line counts. */
export function searchDomains(text: string): string[] {
  const lines = text.split("\n").filter((line) => /^\s*(search|domain)\s/.test(line));
  return lines.at(-1)?.trim().split(/\s+/).slice(1) ?? [];
}

export function resolverOptions(text: string): string[] {
  return values(text, "options");
}

/** What the engine writes: search domains, servers, options, each kind only where there are any. */
export function buildResolvConf(
  servers: readonly string[],
  search: readonly string[],
  options: readonly string[],
): string {
  const searching = search.join(" ").trim();
  let text = searching === "" || searching === "." ? "" : `search ${search.join(" ")}\n`;
  for (const server of servers) text += `nameserver ${server}\n`;
  const choices = options.join(" ").trim();
  return choices === "" ? text : `${text}options ${choices}\n`;
}

const LOCAL = /^\s*nameserver\s+(127\.\d+\.\d+\.\d+|::1)\s*$/;
const IPV6 = /^\s*nameserver\s+[0-9a-f:.%]*:[0-9a-z:.%]*\s*$/i;
/** What is asked where a host has none but itself. */
const FALLBACK = ["8.8.8.8", "8.8.4.4"] as const;

/**
 * The host's file as a container may have it: a name server on the host's own loopback address cannot be reached from
 * inside, nor one of IPv6.
 */
export function filterResolvConf(text: string): string {
  const kept = text
    .split("\n")
    .filter((line) => !LOCAL.test(line) && !IPV6.test(line))
    .join("\n");
  if (nameservers(kept).length > 0) return kept;
  return `${kept}\n${FALLBACK.map((server) => `nameserver ${server}\n`).join("")}`;
}

/** The file of a container on a network whose names resolve: it asks the embedded server, and dots decide nothing. */
export function embeddedResolvConf(text: string): string {
  const options = resolverOptions(text);
  const ndots = options.some((option) => option.includes("ndots"));
  return buildResolvConf(["127.0.0.11"], searchDomains(text), ndots ? options : [...options, "ndots:0"]);
}
