import type { Prng } from "../../base/prng.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Container } from "./container.ts";
import { LinkIndex } from "./link-index.ts";
import { ADJECTIVES, SURNAMES } from "./name-words.ts";

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** The containers of an engine, by id and name. */
export class ContainerStore {
  readonly #prng: Prng;
  readonly #byId: Map<string, Container> = new Map();
  readonly #byName: Map<string, Container> = new Map();
  readonly links: LinkIndex = new LinkIndex();

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** In the order of their creation. */
  get all(): readonly Container[] {
    return [...this.#byId.values()];
  }

  /** By name, the name of a link, id or a unique beginning of an id; null when there is none. @throws {DaemonError} 400 */
  find(ref: string): Container | null {
    const plain = ref.replace(/^\//, "");
    const exact = this.#byId.get(plain) ?? this.#byName.get(plain);
    if (exact !== undefined) return exact;
    if (plain.includes("/")) return this.links.find(plain)?.child ?? null;
    if (!/^[0-9a-f]+$/.test(plain)) return null;
    let found: Container | null = null;
    for (const [id, container] of this.#byId) {
      if (!id.startsWith(plain)) continue;
      if (found !== null) throw new DaemonError(400, `Multiple IDs found with provided prefix: ${plain}`);
      found = container;
    }
    return found;
  }

  /** @throws {DaemonError} 404 */
  demand(ref: string): Container {
    const container = this.find(ref);
    if (container === null) throw new DaemonError(404, `No such container: ${ref}`);
    return container;
  }

  /** A name that may be given to a container, without a slash. @throws {DaemonError} 400, 409 */
  freeName(wish: string | null): string {
    if (wish === null || wish === "") return this.#generate();
    const name = wish.replace(/^\//, "");
    if (!NAME.test(name)) {
      const allowed = "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed";
      throw new DaemonError(400, `Invalid container name (${wish}), ${allowed}`);
    }
    this.refuseTaken(name);
    return name;
  }

  /** @throws {DaemonError} 409 */
  refuseTaken(name: string): void {
    const holder = this.#byName.get(name);
    if (holder === undefined) return;
    const words = `The container name "/${name}" is already in use by container "${holder.id}"`;
    throw new DaemonError(
      409,
      `Conflict. ${words}. You have to remove (or rename) that container to be able to reuse that name.`,
    );
  }

  add(container: Container): void {
    this.#byId.set(container.id, container);
    this.#byName.set(container.name, container);
  }

  rename(container: Container, name: string): void {
    this.#byName.delete(container.name);
    container.name = name;
    this.#byName.set(name, container);
  }

  remove(container: Container): void {
    this.#byId.delete(container.id);
    this.#byName.delete(container.name);
    this.links.dropParent(container);
  }

  /** A name of two words; after some attempts a digit makes it unique. */
  #generate(): string {
    for (let attempt = 0; ; attempt++) {
      const adjective = ADJECTIVES[this.#prng.below(ADJECTIVES.length)]!;
      const surname = SURNAMES[this.#prng.below(SURNAMES.length)]!;
      const name = `${adjective}_${surname}${attempt < 6 ? "" : this.#prng.below(10 ** Math.min(8, attempt - 5))}`;
      if (!this.#byName.has(name)) return name;
    }
  }
}
