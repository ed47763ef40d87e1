/** What happened to an entry, told behind its name: for those whose name stays and to whom the same happens often. */
export class Note {
  readonly words: string | { toString(): string };
  /** What the entry is called from then on; null: as before. */
  readonly name: string | null;

  constructor(words: string | { toString(): string }, name: string | null = null) {
    this.words = words;
    this.name = name;
  }
}
