/** What the shell needs to know of a network namespace: only which one it is. */
export interface NetworkNamespace {
  readonly name: string;
}

/** What the shell needs to know of a host; commands know more of it. */
export interface Host {
  readonly name: string;
}
