import { ProgramExit } from "../program-exit.ts";

type Kind = "yes" | "value";

/** Every option that is known: its letter or nothing, its long name, and whether a value follows. */
const KNOWN: readonly (readonly [string, string, Kind])[] = [
  ["A", "user-agent", "value"],
  ["D", "dump-header", "value"],
  ["G", "get", "yes"],
  ["H", "header", "value"],
  ["I", "head", "yes"],
  ["L", "location", "yes"],
  ["N", "no-buffer", "yes"],
  ["O", "remote-name", "yes"],
  ["S", "show-error", "yes"],
  ["V", "version", "yes"],
  ["X", "request", "value"],
  ["0", "http1.0", "yes"],
  ["4", "ipv4", "yes"],
  ["6", "ipv6", "yes"],
  ["d", "data", "value"],
  ["e", "referer", "value"],
  ["f", "fail", "yes"],
  ["g", "globoff", "yes"],
  ["h", "help", "yes"],
  ["i", "include", "yes"],
  ["k", "insecure", "yes"],
  ["m", "max-time", "value"],
  ["o", "output", "value"],
  ["q", "disable", "yes"],
  ["r", "range", "value"],
  ["s", "silent", "yes"],
  ["u", "user", "value"],
  ["v", "verbose", "yes"],
  ["w", "write-out", "value"],
  ["", "basic", "yes"],
  ["", "connect-timeout", "value"],
  ["", "connect-to", "value"],
  ["", "create-dirs", "yes"],
  ["", "data-ascii", "value"],
  ["", "data-binary", "value"],
  ["", "data-raw", "value"],
  ["", "data-urlencode", "value"],
  ["", "fail-early", "yes"],
  ["", "fail-with-body", "yes"],
  ["", "http0.9", "yes"],
  ["", "http1.1", "yes"],
  ["", "http2", "yes"],
  ["", "interface", "value"],
  ["", "json", "value"],
  ["", "keepalive-time", "value"],
  ["", "local-port", "value"],
  ["", "max-filesize", "value"],
  ["", "max-redirs", "value"],
  ["", "no-keepalive", "yes"],
  ["", "no-progress-meter", "yes"],
  ["", "output-dir", "value"],
  ["", "resolve", "value"],
  ["", "retry", "value"],
  ["", "retry-all-errors", "yes"],
  ["", "retry-connrefused", "yes"],
  ["", "retry-delay", "value"],
  ["", "retry-max-time", "value"],
  ["", "tcp-nodelay", "yes"],
  ["", "url", "value"],
];

/** Options of the real one that are not simulated, `=` behind those with a value; after a slash their letters. */
const OTHERS: readonly string[] =
  "abstract-unix-socket= alt-svc= anyauth append/a aws-sigv4= cacert= capath= cert/E= cert-status cert-type= ciphers= compressed compressed-ssh config/K= continue-at/C= cookie/b= cookie-jar/c= create-file-mode= crlf crlfile= curves= delegation= digest disable-eprt disable-epsv disallow-username-in-url dns-interface= dns-ipv4-addr= dns-ipv6-addr= dns-servers= doh-cert-status doh-insecure doh-url= egd-file= engine= etag-compare= etag-save= expect100-timeout= false-start form/F= form-escape form-string= ftp-account= ftp-alternative-to-user= ftp-create-dirs ftp-method= ftp-pasv ftp-port/P= ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-ccc-mode= ftp-ssl-control happy-eyeballs-timeout-ms= haproxy-protocol hostpubmd5= hostpubsha256= hsts= http2-prior-knowledge http3 http3-only ignore-content-length junk-session-cookies/j key= key-type= krb= libcurl= limit-rate= list-only/l location-trusted login-options= mail-auth= mail-from= mail-rcpt= mail-rcpt-allowfails manual/M metalink negotiate netrc/n netrc-file= netrc-optional next/: no-alpn no-clobber no-npn no-sessionid noproxy= ntlm ntlm-wb oauth2-bearer= parallel/Z parallel-immediate parallel-max= pass= path-as-is pinnedpubkey= post301 post302 post303 preproxy= progress-bar/# proto= proto-default= proto-redir= proxy/x= proxy-anyauth proxy-basic proxy-cacert= proxy-capath= proxy-cert= proxy-cert-type= proxy-ciphers= proxy-crlfile= proxy-digest proxy-header= proxy-insecure proxy-key= proxy-key-type= proxy-negotiate proxy-ntlm proxy-pass= proxy-pinnedpubkey= proxy-service-name= proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tls13-ciphers= proxy-tlsauthtype= proxy-tlspassword= proxy-tlsuser= proxy-tlsv1 proxy-user/U= proxy1.0= proxytunnel/p pubkey= quote/Q= random-file= rate= raw remote-header-name/J remote-name-all remote-time/R remove-on-error request-target= sasl-authzid= sasl-ir service-name= socks4= socks4a= socks5= socks5-basic socks5-gssapi socks5-gssapi-nec socks5-gssapi-service= socks5-hostname= speed-limit/Y= speed-time/y= ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2/2 sslv3/3 stderr= styled-output suppress-connect-headers tcp-fastopen telnet-option/t= tftp-blksize= tftp-no-options time-cond/z= tls-max= tls13-ciphers= tlsauthtype= tlspassword= tlsuser= tlsv1/1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace= trace-ascii= trace-time unix-socket= upload-file/T= url-query= use-ascii/B xattr".split(
    " ",
  );

export interface OptionEntry {
  readonly letter: string;
  readonly name: string;
  readonly kind: Kind;
  readonly known: boolean;
}

export const ENTRIES: readonly OptionEntry[] = [
  ...KNOWN.map(([letter, name, kind]) => ({ letter, name, kind, known: true })),
  ...OTHERS.map((word) => {
    const [name, letter = ""] = word.replace("=", "").split("/") as [string, string?];
    const kind: Kind = word.endsWith("=") ? "value" : "yes";
    return { letter, name, kind, known: false };
  }),
];

export const HINT = "curl: try 'curl --help' or 'curl --manual' for more information\n";

/** @throws {ProgramExit} status 2, in curl's words */
export function refuse(option: string, why: string): never {
  throw new ProgramExit(2, `curl: option ${option}: ${why}\n${HINT}`);
}

/** An option by its long name, which may be shortened as long as it stays clear. */
export function findLong(word: string, name: string): OptionEntry {
  const exact = ENTRIES.find((entry) => entry.name === name);
  if (exact !== undefined) return exact;
  const begin = ENTRIES.filter((entry) => entry.name.startsWith(name));
  if (begin.length === 0) refuse(word, "is unknown");
  if (begin.length > 1) refuse(word, "is ambiguous");
  return begin[0]!;
}
