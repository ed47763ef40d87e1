/** What a queueing discipline counts (struct gnet_stats_basic and gnet_stats_queue), as `tc -s qdisc` shows it. */
export class QdiscStats {
  /** Frames and bytes that left it. */
  packets = 0;
  bytes = 0;
  drops = 0;
  /** How often it held frames back for being too fast. */
  overlimits = 0;
  /** netem counts here what it let overtake. */
  requeues = 0;
}
