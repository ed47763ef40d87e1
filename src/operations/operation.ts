import type { AddrAdd, AddrDel } from "./addr-change.ts";
import type { AddrFlush, AddrShow } from "./addr-show.ts";
import type {
  ConntrackAdd,
  ConntrackDel,
  ConntrackFlush,
  ConntrackUpdate,
} from "./conntrack/conntrack-change.ts";
import type { ConntrackFigures, ConntrackShow } from "./conntrack/conntrack-show.ts";
import type { Dmesg } from "./dmesg.ts";
import type { FdbAdd } from "./fdb-add.ts";
import type { FdbDel } from "./fdb-del.ts";
import type { FdbFlush } from "./fdb-flush.ts";
import type { FdbGet } from "./fdb-get.ts";
import type { FdbShow } from "./fdb-show.ts";
import type { IpsetChange } from "./ipset/ipset-change.ts";
import type { IpsetShow, IpsetTest } from "./ipset/ipset-show.ts";
import type { IpvsRestore } from "./ipvsadm/ipvs-restore.ts";
import type { IpvsSave, IpvsShow } from "./ipvsadm/ipvs-show.ts";
import type { IpvsServerAdd, IpvsServerDel, IpvsServerEdit } from "./ipvsadm/server-operations.ts";
import type {
  IpvsFlush,
  IpvsServiceAdd,
  IpvsServiceDel,
  IpvsServiceEdit,
  IpvsTimeouts,
  IpvsZero,
} from "./ipvsadm/service-operations.ts";
import type { LinkAdd } from "./link-add.ts";
import type { LinkDel } from "./link-del.ts";
import type { LinkSet } from "./link-set.ts";
import type { LinkShow } from "./link-show.ts";
import type { MaddrShow } from "./maddr.ts";
import type { NeighFlush } from "./neigh-flush.ts";
import type { NeighDel, NeighSet } from "./neigh-set.ts";
import type { NeighGet, NeighShow } from "./neigh-show.ts";
import type { NetnsAdd, NetnsAttach, NetnsDel, NetnsSet } from "./netns.ts";
import type { NetnsBind, NetnsUnbind } from "./netns-bind.ts";
import type { NetnsIdentify, NetnsList, NetnsListId, NetnsPids } from "./netns-show.ts";
import type { OperationContext } from "./operation-context.ts";
import type { PortSet } from "./port-set.ts";
import type { PortShow } from "./port-show.ts";
import type { QdiscDel, QdiscSet } from "./qdisc-place.ts";
import type { QdiscShow } from "./qdisc-show.ts";
import type { RouteGet } from "./route-get.ts";
import type { RouteDel, RouteSet } from "./route-set.ts";
import type { RouteFlush, RouteShow } from "./route-show.ts";
import type { RuleFlush, RuleShow } from "./rule-show.ts";
import type { RuleAdd, RuleDel } from "./rule-words.ts";
import type { SysctlLoad, SysctlSet } from "./sysctl-set.ts";
import type { SysctlShow } from "./sysctl-show.ts";
import type { TextQuestion } from "./text-question.ts";
import type { Toolbox } from "./toolbox.ts";
import type { VlanAdd, VlanDel } from "./vlan-change.ts";
import type { VlanShow } from "./vlan-show.ts";
import type { IptablesChange } from "./xtables/iptables-change.ts";
import type { IptablesCheck, IptablesList } from "./xtables/iptables-list.ts";
import type { IptablesRestore } from "./xtables/iptables-restore.ts";
import type { IptablesSave } from "./xtables/iptables-save.ts";

/** What every operation and question may say: the namespace it works in, as `ip -n NAME` does. */
export interface InNamespace {
  readonly netns?: string;
}

/**
 * All operations by name: the closed union through which everything configures a namespace. Each is a plain value
 * (JSON keeps it whole); addresses are text in their one canonical form, numbers are numbers, what was not said is
 * absent. Somebody outside adds a kind of his own by declaration merging here and `toolbox.addOperation`.
 */
export interface OperationMap {
  "addr-add": AddrAdd;
  "addr-del": AddrDel;
  "addr-flush": AddrFlush;
  "conntrack-add": ConntrackAdd;
  "conntrack-del": ConntrackDel;
  "conntrack-flush": ConntrackFlush;
  "conntrack-update": ConntrackUpdate;
  "fdb-add": FdbAdd;
  "fdb-del": FdbDel;
  "fdb-flush": FdbFlush;
  "ipvs-service-add": IpvsServiceAdd;
  "ipvs-service-edit": IpvsServiceEdit;
  "ipvs-service-del": IpvsServiceDel;
  "ipvs-flush": IpvsFlush;
  "ipvs-zero": IpvsZero;
  "ipvs-timeouts": IpvsTimeouts;
  "ipvs-restore": IpvsRestore;
  "ipvs-server-add": IpvsServerAdd;
  "ipvs-server-edit": IpvsServerEdit;
  "ipvs-server-del": IpvsServerDel;
  "vlan-add": VlanAdd;
  "vlan-del": VlanDel;
  "port-set": PortSet;
  "link-add": LinkAdd;
  "link-del": LinkDel;
  "link-set": LinkSet;
  "neigh-del": NeighDel;
  "neigh-flush": NeighFlush;
  "neigh-set": NeighSet;
  "netns-add": NetnsAdd;
  "netns-attach": NetnsAttach;
  "netns-bind": NetnsBind;
  "netns-unbind": NetnsUnbind;
  "netns-del": NetnsDel;
  "netns-set": NetnsSet;
  "qdisc-set": QdiscSet;
  "qdisc-del": QdiscDel;
  "route-set": RouteSet;
  "route-del": RouteDel;
  "route-flush": RouteFlush;
  "rule-add": RuleAdd;
  "rule-del": RuleDel;
  "rule-flush": RuleFlush;
  "sysctl-set": SysctlSet;
  "sysctl-load": SysctlLoad;
  ipset: IpsetChange;
  iptables: IptablesChange;
  "iptables-restore": IptablesRestore;
}
/**
 * What a configuring command says, as a plain value: `{ op: "link-set", dev: "br0", up: true }` is
 * `ip link set br0 up`. `op` names the kind; the other keys are the words of the command.
 */
export type Operation = OperationMap[keyof OperationMap];

/** All questions by name: commands that read and change nothing. */
export interface QuestionMap {
  "addr-show": AddrShow;
  "conntrack-figures": ConntrackFigures;
  "conntrack-show": ConntrackShow;
  "fdb-get": FdbGet;
  "fdb-show": FdbShow;
  "ipvs-show": IpvsShow;
  "ipvs-save": IpvsSave;
  "vlan-show": VlanShow;
  "port-show": PortShow;
  "link-show": LinkShow;
  "neigh-get": NeighGet;
  "neigh-show": NeighShow;
  "route-show": RouteShow;
  "route-get": RouteGet;
  "rule-show": RuleShow;
  "maddr-show": MaddrShow;
  "netns-identify": NetnsIdentify;
  "netns-list": NetnsList;
  "netns-list-id": NetnsListId;
  "netns-pids": NetnsPids;
  "sysctl-show": SysctlShow;
  text: TextQuestion;
  "qdisc-show": QdiscShow;
  dmesg: Dmesg;
  "ipset-show": IpsetShow;
  "ipset-test": IpsetTest;
  "iptables-list": IptablesList;
  "iptables-check": IptablesCheck;
  "iptables-save": IptablesSave;
}
export type Question = QuestionMap[keyof QuestionMap];

/** `ip netns exec NAME COMMAND...`: the shell runs `argv` in that namespace. */
interface NetnsExec {
  readonly exec: "netns";
  /** Null: in each of them (`ip -all netns exec`). */
  readonly netns: string | null;
  readonly argv: readonly string[];
}

/** `ip -batch FILE`: each line of the file (`-`: of the standard input) is a command of the same tool. */
export interface Batch {
  readonly batch: string;
  readonly tool: string;
  /** Options before the object, which hold for each line. */
  readonly options: readonly string[];
  /** `-force`: a failed line does not end the batch. */
  readonly force: boolean;
}

/** What a command line means. */
export type Command = Operation | Question | NetnsExec | Batch;

/** A kind of operation. Parsing its words with `tool` gives the operation again. */
export interface OperationRecord<O extends { readonly op: string } & InNamespace = Operation> {
  /** The tool whose command it is: `ip`, `bridge` ... */
  readonly tool: string;
  /** The arguments after the tool's name; the namespace is not among them. */
  words(operation: O, toolbox: Toolbox): readonly string[];
  /** The whole line for a shell, where the one command of {@link words} would not do; it has no namespace. */
  line?(operation: O): string;
  /**
   * Does it, in `context.namespace`; gives what the tool prints about it, as far as it does.
   * @throws {KernelError} what the kernel refuses. @throws {ToolError} what the tool itself finds wrong.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most operations say nothing.
  apply(operation: O, context: OperationContext): string | void;
  /** What the tool warns of on standard error before it goes on. */
  warning?(operation: O, context: OperationContext): string;
  /** What the tool reads from its standard input. */
  input?(operation: O): string;
}

/** A kind of question. */
export interface QuestionRecord<Q extends { readonly ask: string } & InNamespace = Question> {
  readonly tool: string;
  words(question: Q, toolbox: Toolbox): readonly string[];
  /** The standard output. @throws {KernelError} @throws {ToolError} */
  answer(question: Q, context: OperationContext): string;
  /** What the tool warns of on standard error before it goes on. */
  warning?(question: Q): string;
}
