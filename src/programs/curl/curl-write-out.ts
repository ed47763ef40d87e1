import { fieldValue } from "../../wire/http.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { speed } from "./curl-meter.ts";
import type { TransferResult } from "./curl-result.ts";

/** What `-w` prints, and where: pieces of text, each for standard output (1) or standard error (2). */
export function writeOut(
  format: string,
  result: TransferResult,
): { readonly stream: 1 | 2; readonly text: string }[] {
  const pieces: { stream: 1 | 2; text: string }[] = [];
  let stream: 1 | 2 = 1;
  const put = (text: string): void => {
    if (text !== "") pieces.push({ stream, text });
  };
  const token = /%\{([^}]*)\}|%header\{([^}]*)\}|%%|%[^{%]?|\\([rnt]|.?)/g;
  let at = 0;
  for (let found = token.exec(format); found !== null; found = token.exec(format)) {
    put(format.slice(at, found.index));
    at = found.index + found[0].length;
    const [whole, name, header, escaped] = found;
    if (whole === "%%") put("%");
    else if (header !== undefined) put(fieldValue(result.fields, header) ?? "");
    else if (name === "stdout") stream = 1;
    else if (name === "stderr") stream = 2;
    else if (name === "onerror") {
      if (result.code === 0) return pieces;
    } else if (name !== undefined) {
      const value = variable(name, result);
      if (value === null) pieces.push({ stream: 2, text: `curl: unknown --write-out variable: '${name}'\n` });
      else put(value);
    } else if (escaped !== undefined) put(ESCAPES[escaped] ?? whole);
    else put(whole);
  }
  put(format.slice(at));
  return pieces;
}

const ESCAPES: Readonly<Record<string, string>> = { r: "\r", n: "\n", t: "\t" };

function seconds(time: number): string {
  return (Math.floor(time / 1000) / 1_000_000).toFixed(6);
}

/** The value of a variable; null for a name that curl does not know. */
function variable(name: string, r: TransferResult): string | null {
  switch (name) {
    case "content_type":
      return fieldValue(r.fields, "content-type") ?? "";
    case "errormsg":
      return r.errorText ?? "";
    case "exitcode":
      return String(r.code);
    case "filename_effective":
      return r.fileName ?? "";
    case "http_code":
    case "response_code":
      return String(r.status).padStart(3, "0");
    case "http_connect":
      return "000";
    case "http_version":
      return r.version === null ? "0" : r.version.replace(/\.0$/, "");
    case "header_json":
      return headerJson(r);
    case "json":
      return json(r);
    case "local_ip":
      return r.local === null ? "" : ip.format(r.local.address);
    case "local_port":
      return String(r.local?.port ?? 0);
    case "remote_ip":
      return r.remote === null ? "" : ip.format(r.remote.address);
    case "remote_port":
      return String(r.remote?.port ?? 0);
    case "method":
      return r.method;
    case "num_connects":
      return String(r.connects);
    case "num_headers":
      return String(r.fields.length);
    case "num_redirects":
      return String(r.redirects);
    case "redirect_url":
      return r.redirectUrl ?? "";
    case "referer":
      return r.referer ?? "";
    case "scheme":
      return "HTTP";
    case "size_download":
      return String(r.downloaded);
    case "size_header":
      return String(r.headSize);
    case "size_request":
      return String(r.requestSize);
    case "size_upload":
      return String(r.uploaded);
    case "speed_download":
      return String(speed(r.downloaded, r.times.total));
    case "speed_upload":
      return String(speed(r.uploaded, r.times.total));
    case "proxy_ssl_verify_result":
    case "ssl_verify_result":
      return "0";
    case "time_appconnect":
      return seconds(0);
    case "time_connect":
      return seconds(r.times.connect);
    case "time_namelookup":
      return seconds(r.times.lookup);
    case "time_pretransfer":
      return seconds(r.times.pretransfer);
    case "time_redirect":
      return seconds(r.times.redirect);
    case "time_starttransfer":
      return seconds(r.times.starttransfer);
    case "time_total":
      return seconds(r.times.total);
    case "url":
      return r.url;
    case "url_effective":
      return r.effectiveUrl;
    case "urlnum":
      return String(r.urlNumber);
    case "certs":
    case "ftp_entry_path":
      return "";
    case "num_certs":
      return "0";
    default:
      return null;
  }
}

/** The fields by their names in small letters, those of one name together. */
function headerJson({ fields }: TransferResult): string {
  const byName = new Map<string, string[]>();
  for (const { name, value } of fields) {
    const values = byName.get(name.toLowerCase());
    if (values === undefined) byName.set(name.toLowerCase(), [value]);
    else values.push(value);
  }
  const members = [...byName].map(([name, values]) => {
    return `${JSON.stringify(name)}:[${values.map((value) => JSON.stringify(value)).join(",")}]`;
  });
  return `{${members.join(",\n")}\n}`;
}

/** All variables in curl's order, numbers as numbers. */
const JSON_NAMES =
  "certs content_type errormsg exitcode# filename_effective ftp_entry_path http_code# http_connect# http_version local_ip local_port# method num_certs# num_connects# num_headers# num_redirects# proxy_ssl_verify_result# redirect_url referer remote_ip remote_port# response_code# scheme size_download# size_header# size_request# size_upload# speed_download# speed_upload# ssl_verify_result# time_appconnect# time_connect# time_namelookup# time_pretransfer# time_redirect# time_starttransfer# time_total# url url_effective urlnum#".split(
    " ",
  );

function json(result: TransferResult): string {
  const members = JSON_NAMES.map((word) => {
    const name = word.replace("#", "");
    const value = variable(name, result)!;
    if (word.endsWith("#") && value !== "") return `"${name}":${value.replace(/^0+(?=\d)/, "")}`;
    return `"${name}":${value === "" && name !== "certs" ? "null" : JSON.stringify(value)}`;
  });
  members.push(`"curl_version":"libcurl/7.88.1"`);
  return `{${members.join(",")}}`;
}
