import type { Identification } from "../../sim/leg.ts";
import type { Nanos } from "../../sim/time.ts";
import type { Timer } from "../../sim/timer.ts";
import { NO_IDENTIFICATION } from "../ip-identifications.ts";
import type { Errno } from "../kernel-error.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import type { SocketFamily } from "../socket-family.ts";
import { Way } from "../way.ts";
import * as acks from "./acks.ts";
import { BufferedSegments } from "./buffered-segments.ts";
import { ByteRing } from "./byte-ring.ts";
import type { CongestionControl } from "./congestion.ts";
import type { Endpoint } from "./connection-table.ts";
import { Congestion, DEFAULT_MSS, INITIAL_WINDOW, NO_THRESHOLD, Pending } from "./constants.ts";
import { Cubic } from "./cubic.ts";
import { OutOfOrder } from "./out-of-order.ts";
import { Reno } from "./reno.ts";
import { RoundTrip } from "./round-trip.ts";
import { SentSegments } from "./sent-segments.ts";
import { TcpState } from "./state.ts";
import type { TcpSocket } from "./tcp-socket.ts";
import * as timers from "./timers.ts";

/**
 * A connection's state: RFC 9293's transmission control block, the kernel's tcp_sock. It has no behaviour of its own; the
 * modules beside this one are TCP's functions over it. Programs see a {@link TcpSocket}. Addresses and sequence
 * numbers are int32. The names follow the RFC where it has one, else Linux.
 */
export class TcpConnection {
  readonly kind = "connection";
  readonly ns: NetworkNamespace;
  /** Null for one that no program holds: not accepted yet, or closed already (an orphan). */
  socket: TcpSocket | null = null;
  orphan = false;
  state: TcpState = TcpState.CLOSE;
  localAddress = 0;
  localPort = 0;
  remoteAddress = 0;
  remotePort = 0;
  /** The next one in the same row of the connection table. */
  next: Endpoint | null = null;
  /** It is in the port table, and in the connection table. */
  isBound = false;
  isHashed = false;
  family: SocketFamily = "inet";
  reuseAddress = false;
  reusePort = false;
  boundTo = 0;
  mark = 0;
  tos = 0;
  ttl = 0;
  readonly way: Way = new Way();
  identification: Identification = NO_IDENTIFICATION;
  timestampOffset = 0;

  // What was agreed on in the handshake.
  sackOk = false;
  timestampsOk = false;
  windowScalingOk = false;
  sendScale = 0;
  receiveScale = 0;
  /** The largest segment that the other end takes, and what this end has announced; options not counted. */
  mssClamp: number = DEFAULT_MSS;
  advertisedMss: number = DEFAULT_MSS;
  /** TCP_MAXSEG; 0 for none. */
  userMss = 0;

  // Send sequence space.
  initialSend = 0;
  unacknowledged = 0;
  sendNext = 0;
  /** Behind all that programs have written. */
  writeEnd = 0;
  readonly sendBuffer: ByteRing = new ByteRing();
  readonly sent: SentSegments = new SentSegments();
  /** SO_SNDBUF in bytes of payload that fit. */
  sendLimit: number;
  /** A FIN is to follow the last octet; it has been sent. */
  finQueued = false;
  finSent = false;
  sendWindow = 0;
  /** The segment of the last window update (SND.WL1), and the largest window seen. */
  windowUpdate = 0;
  largestWindow = 0;
  /** The window that the next segment is expected to bear if all goes on as it did, not scaled; negative for none. */
  predicted = -1;
  /** Behind the last segment that was shorter than the MSS (Minshall). */
  lastSmall = 0;
  /** Behind the last octet that a write asked to push. */
  pushed = 0;
  noDelay = false;
  cork = false;
  /** The largest payload of a segment with the options it has (mss_cache), and the MTU that it was made for. */
  mss: number = DEFAULT_MSS;
  pathMtu = 0;
  /** The MTU that the path is sure to carry while a larger one is searched for (search_low); 0 while nobody searches. */
  searchLow = 0;

  // Receive sequence space.
  initialReceive = 0;
  receiveNext = 0;
  /** Up to where programs have read. */
  readNext = 0;
  readonly receiveBuffer: ByteRing = new ByteRing();
  readonly outOfOrder: OutOfOrder = new OutOfOrder();
  /** The FIN of the other end has been reached; and where it is when it came ahead of data. */
  finReceived = false;
  finAhead = false;
  finAt = 0;
  /** No more is taken: the program has shut its side down (RCV_SHUTDOWN). */
  receiveShut = false;
  receiveWindow = 0;
  /** RCV.NXT when the last window was sent (rcv_wup). */
  windowSentAt = 0;
  windowClamp = 0;
  windowThreshold = 0;
  receiveLimit: number;
  /** What lies in the receive buffer: all up to RCV.NXT that was not read, and what is beyond gaps. */
  readonly inOrder: BufferedSegments = new BufferedSegments();
  readonly ahead: BufferedSegments = new BufferedSegments();
  /** How many of 256 octets of the buffer are payload (scaling_ratio). */
  payloadRatio = 128;
  /** SO_RCVBUF was set by the program: no tuning. */
  receiveLimitLocked = false;
  /** A duplicate to report first of all (RFC 2883); none when both are equal. */
  duplicateLeft = 0;
  duplicateRight = 0;
  recentTimestamp = 0;
  recentTimestampAt: Nanos = Number.NEGATIVE_INFINITY;
  /** Receive buffer tuning (rcvq_space). */
  tuneSequence = 0;
  tuneSpace = 0;
  tuneTime: Nanos = 0;
  /** When the last segment came or went: the clock of the tuning (tcp_mstamp). */
  tunedBy: Nanos = 0;
  receiveTrip = 0;
  receiveTripSequence = 0;
  receiveTripTime: Nanos = -1;
  receiveTripEcho = 0;

  // Acknowledgments owed.
  owed = 0;
  quick = 0;
  pingPong = 0;
  /** The delayed acknowledgment's time-out now. */
  ackDelay: Nanos = 0;
  lastReceived: Nanos = 0;
  /** An estimate of the size of the other end's full segments. */
  receivedMss = 0;
  lastSegmentSize = 0;
  duplicateAcks = 0;
  compressedAcks = 0;
  compressedAt = 0;
  lastOutOfWindow: Nanos = Number.NEGATIVE_INFINITY;

  // Time.
  readonly trip: RoundTrip = new RoundTrip();
  /** Retransmission time-out in milliseconds, with what it was backed off. */
  timeout = 1000;
  backoff = 0;
  retransmits = 0;
  probes = 0;
  probesSince: Nanos = 0;
  /** When the oldest segment was sent again for the first time, and when the last data went out. */
  retransmittedSince: Nanos = 0;
  lastSent: Nanos = 0;
  /** When the last acknowledgment came, and when this end's SYN was sent last. */
  lastAck: Nanos = 0;
  synSentAt: Nanos = 0;
  pending: Pending = Pending.none;
  dueAt: Nanos = 0;
  ackDueAt: Nanos = 0;
  keepDueAt: Nanos = 0;
  keepAlive = false;
  keepIdle = 0;
  keepInterval = 0;
  keepCount = 0;
  synCount = 0;
  userTimeout: Nanos = 0;
  /** SO_LINGER with a time of 0: close() resets. */
  abortOnClose = false;

  // Congestion control and loss recovery.
  readonly congestion: CongestionControl;
  congestionState: Congestion = Congestion.open;
  window: number = INITIAL_WINDOW;
  threshold: number = NO_THRESHOLD;
  windowCount = 0;
  priorWindow = 0;
  priorThreshold = 0;
  isWindowLimited = false;
  mostInFlight = 0;
  windowUsageAt = 0;
  lostOut = 0;
  sackedOut = 0;
  retransmittedOut = 0;
  /** Without SACK: the other end has acknowledged the same number twice, and so has something beyond it. */
  hasDuplicate = false;
  reordering: number;
  reorderingSeen = 0;
  /** SND.NXT when recovery began. */
  recoveryPoint = 0;
  undoMarker = 0;
  hasUndo = false;
  undoRetransmits = 0;
  deliveredInRecovery = 0;
  sentInRecovery = 0;
  probePoint = 0;
  hasProbe = false;
  probeRetransmitted = false;
  /** RACK (RFC 8985): when the segment was sent that was delivered and sent last, and its round trip. */
  rackTime: Nanos = -1;
  rackOrder = 0;
  rackTrip: Nanos = 0;
  rackAdvanced = false;
  rackSteps = 1;
  rackPersist = 0;
  rackDuplicateSeen = false;
  rackRound = 0;
  forwardMost = 0;
  /** F-RTO (RFC 5682) watches whether a time-out was spurious. */
  frto = false;
  delivered = 0;
  totalRetransmits = 0;

  /** An error for the next call, and one that came and may pass (sk_err, sk_err_soft). */
  error: Errno | null = null;
  softError: Errno | null = null;
  /** A hook of this host dropped the segment that was sent last; what carries it in a tunnel is another frame. */
  refused = false;
  bytesSent = 0;
  bytesRetransmitted = 0;
  bytesAcked = 0;
  bytesReceived = 0;
  segmentsIn = 0;
  segmentsOut = 0;
  dataSegmentsIn = 0;
  dataSegmentsOut = 0;
  duplicatesSeen = 0;
  /** Segments that came beyond a gap. */
  segmentsAhead = 0;
  /** Since when something has been under way or waiting, negative for nothing; and for how long before that. */
  busySince: Nanos = -1;
  busyTime: Nanos = 0;
  #retransmitTimer: Timer | null = null;
  #ackTimer: Timer | null = null;
  #compressTimer: Timer | null = null;
  #keepTimer: Timer | null = null;

  constructor(ns: NetworkNamespace) {
    this.ns = ns;
    const { settings } = ns.tcp;
    this.sendLimit = settings.tcp_wmem[1];
    this.receiveLimit = settings.tcp_rmem[1];
    this.reordering = settings.tcp_reordering;
    this.congestion = settings.tcp_congestion_control === "reno" ? new Reno() : new Cubic();
  }

  get now(): Nanos {
    return this.ns.world.now;
  }

  /** Octets that programs have written and that were not sent yet. */
  get unsent(): number {
    return this.finSent ? 0 : (this.writeEnd - this.sendNext) | 0;
  }

  /** Segments that are thought to be under way (tcp_packets_in_flight). */
  get inFlight(): number {
    return this.sent.count - this.sackedOut - this.lostOut + this.retransmittedOut;
  }

  /** What the octets in the receive buffer take of it with their overhead (sk_rmem_alloc). */
  get receiveUsed(): number {
    return this.inOrder.size + this.ahead.size;
  }

  /** What is left of the window that was announced last (tcp_receive_window). */
  get windowLeft(): number {
    const left = (this.windowSentAt + this.receiveWindow - this.receiveNext) | 0;
    return left < 0 ? 0 : left;
  }

  get retransmitTimer(): Timer {
    return (this.#retransmitTimer ??= this.ns.world.timer(() => timers.writeTimerDue(this)));
  }
  get ackTimer(): Timer {
    return (this.#ackTimer ??= this.ns.world.timer(() => acks.due(this)));
  }
  get compressTimer(): Timer {
    return (this.#compressTimer ??= this.ns.world.timer(() => timers.compressedAckDue(this)));
  }
  get keepTimer(): Timer {
    return (this.#keepTimer ??= this.ns.world.timer(() => timers.keepDue(this)));
  }

  cancelAckTimer(): void {
    this.#ackTimer?.cancel();
  }
  cancelCompressTimer(): void {
    this.#compressTimer?.cancel();
  }
  get isAckTimerArmed(): boolean {
    return this.#ackTimer?.armed === true;
  }
  get isCompressTimerArmed(): boolean {
    return this.#compressTimer?.armed === true;
  }
  /** Sets the timer that watches over idle connections. */
  armKeepTimer(delay: Nanos): void {
    this.keepDueAt = this.now + delay;
    this.keepTimer.arm(delay);
  }
  get isKeepTimerArmed(): boolean {
    return this.#keepTimer?.armed === true;
  }
  /** How many of its timers run. */
  get timersRunning(): number {
    const all = [this.#retransmitTimer, this.#ackTimer, this.#compressTimer, this.#keepTimer];
    return all.filter((timer) => timer?.armed === true).length;
  }
  cancelTimers(): void {
    this.#retransmitTimer?.cancel();
    this.#ackTimer?.cancel();
    this.#compressTimer?.cancel();
    this.#keepTimer?.cancel();
    this.pending = Pending.none;
  }
}
