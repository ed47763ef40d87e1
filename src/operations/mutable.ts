/** The same members, to be filled in one after the other while words are read. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
