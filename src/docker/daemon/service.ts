import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { WholeFiles } from "../../programs/program-context.ts";
import type { Nanos } from "../../sim/time.ts";
import type { World } from "../../sim/world.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Call } from "../api/docker-api.ts";
import type { EventLog } from "../event-log.ts";
import type { NetworkBackend } from "../network/network-backend.ts";
import { goQuote } from "../templates/go-quote.ts";
import { rfc3339 } from "../timestamps.ts";
import { DAEMON_FILE, type DaemonFile, readDaemonFile, StartRefusal, unreadable } from "./daemon-file.ts";
import { DaemonSettings } from "./daemon-settings.ts";
import { checkStart, DEFAULT_BRIDGE, refuseStart } from "./start-checks.ts";

interface ServiceParts {
  readonly world: World;
  readonly root: NetworkNamespace;
  readonly files: WholeFiles;
  readonly events: EventLog;
  readonly networks: NetworkBackend;
  readonly hostname: string;
  /** Identifies the engine in its events. */
  readonly id: string;
  /** Ends the containers, those that outlive it with `live-restore` excepted. */
  stopContainers(): Call<void>;
  /** Starts those whose policy says so. */
  startContainers(): void;
}

/** What dockerd wrote about its options, and whether it ended with that. */
interface JournalLine {
  readonly at: Nanos;
  readonly text: string;
  readonly ended: boolean;
}

/** The engine as its service manager sees it: whether it runs, with which settings, and what it said last. */
export class EngineService {
  readonly #parts: ServiceParts;
  #running = true;
  #failed = false;
  #settings: DaemonSettings;
  readonly journal: JournalLine[] = [];

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.#settings = new DaemonSettings(this.#read());
  }

  get running(): boolean {
    return this.#running;
  }

  /** It ended because it refused to start. */
  get failed(): boolean {
    return this.#failed;
  }

  get settings(): DaemonSettings {
    return this.#settings;
  }

  *stop(): Call<void> {
    this.#failed = false;
    if (!this.#running) return;
    if (!this.#settings.liveRestore) yield* this.#parts.stopContainers();
    this.#running = false;
    this.#parts.events.end();
  }

  /** Reads its options anew. False when it refused to start: the journal says why. */
  start(): boolean {
    if (this.#running) return true;
    const { networks, root } = this.#parts;
    try {
      const file = this.#read();
      const settings = new DaemonSettings(file);
      checkStart(file, settings, root);
      const kept = this.#settings.liveRestore;
      this.#settings = settings;
      networks.configure(file);
      // Containers that went on running kept what was made for them.
      if (!kept) inBridgeWords(() => networks.restart());
      this.#running = true;
      this.#failed = false;
      if (!kept) this.#parts.startContainers();
      return true;
    } catch (error) {
      if (!(error instanceof StartRefusal)) throw error;
      this.#tell(error.message, true);
      this.#failed = true;
      return false;
    }
  }

  *restart(): Call<boolean> {
    yield* this.stop();
    return this.start();
  }

  /** What it takes over from its file while it runs, as at SIGHUP; a wrong file changes nothing. */
  reload(): void {
    const { events, id, hostname } = this.#parts;
    try {
      this.#settings = this.#settings.reloaded(this.#read());
    } catch (error) {
      if (!(error instanceof StartRefusal)) throw error;
      const time = rfc3339(this.#parts.world.now);
      this.#tell(`time="${time}" level=error msg=${goQuote(error.message)}`, false);
      return;
    }
    const attributes = Object.entries({ ...this.#settings.told, name: hostname });
    events.add("daemon", "reload", id, Object.fromEntries(attributes.sort(([a], [b]) => (a < b ? -1 : 1))));
  }

  /** @throws {StartRefusal} */
  #read(): DaemonFile {
    const { files } = this.#parts;
    let text: string;
    try {
      if (files.stat(DAEMON_FILE) === null) return {};
      text = files.read(DAEMON_FILE);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      throw unreadable(DAEMON_FILE, error.message);
    }
    return readDaemonFile(text);
  }

  #tell(text: string, ended: boolean): void {
    this.journal.push({ at: this.#parts.world.now, text, ended });
  }
}

/** @throws {StartRefusal} */
function inBridgeWords(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    refuseStart(`${DEFAULT_BRIDGE}${error.message}`);
  }
}
