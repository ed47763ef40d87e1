import type { Nanos } from "../../sim/time.ts";
import { fieldValue, type HttpField } from "../../wire/http.ts";
import { Code } from "./curl-errors.ts";

/** What a transfer came to; times in nanoseconds from its beginning. */
export interface TransferResult {
  code: Code;
  errorText: string | null;
  readonly url: string;
  readonly urlNumber: number;
  effectiveUrl: string;
  fileName: string | null;
  method: string;
  referer: string | null;
  status: number;
  version: string | null;
  fields: readonly HttpField[];
  headSize: number;
  requestSize: number;
  downloaded: number;
  uploaded: number;
  connects: number;
  redirects: number;
  redirectUrl: string | null;
  local: { readonly address: number; readonly port: number } | null;
  remote: { readonly address: number; readonly port: number } | null;
  readonly times: {
    lookup: Nanos;
    connect: Nanos;
    pretransfer: Nanos;
    starttransfer: Nanos;
    redirect: Nanos;
    total: Nanos;
  };
}

/** The result of a transfer that has not begun. */
export function freshResult(
  given: Pick<TransferResult, "url" | "urlNumber" | "fileName" | "method" | "referer">,
): TransferResult {
  return {
    ...given,
    code: Code.OK,
    errorText: null,
    effectiveUrl: given.url,
    status: 0,
    version: null,
    fields: [],
    headSize: 0,
    requestSize: 0,
    downloaded: 0,
    uploaded: 0,
    connects: 0,
    redirects: 0,
    redirectUrl: null,
    local: null,
    remote: null,
    times: { lookup: 0, connect: 0, pretransfer: 0, starttransfer: 0, redirect: 0, total: 0 },
  };
}

/** Where the last response sends whoever follows it; null when it sends nowhere. */
export function locationOf({ status, fields }: TransferResult): string | null {
  return status >= 300 && status < 400 ? fieldValue(fields, "location") : null;
}
