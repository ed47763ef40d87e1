import { addrAdd, addrDel } from "./addr-change.ts";
import { addrFlush, addrShow } from "./addr-show.ts";
import { bridgeTool } from "./bridge.ts";
import { conntrackAdd, conntrackDel, conntrackFlush, conntrackUpdate } from "./conntrack/conntrack-change.ts";
import { conntrackFigures, conntrackShow } from "./conntrack/conntrack-show.ts";
import { conntrackTool } from "./conntrack/conntrack-tool.ts";
import { dmesg, dmesgTool } from "./dmesg.ts";
import { fdbAdd } from "./fdb-add.ts";
import { fdbDel } from "./fdb-del.ts";
import { fdbFlush } from "./fdb-flush.ts";
import { fdbGet } from "./fdb-get.ts";
import { fdbShow } from "./fdb-show.ts";
import { ip } from "./ip.ts";
import { ipset } from "./ipset/ipset.ts";
import { ipsetChange } from "./ipset/ipset-change.ts";
import { ipsetShow, ipsetTest } from "./ipset/ipset-show.ts";
import { ipvsRestore } from "./ipvsadm/ipvs-restore.ts";
import { ipvsSave, ipvsShow } from "./ipvsadm/ipvs-show.ts";
import { ipvsadm } from "./ipvsadm/ipvsadm.ts";
import { ipvsadmRestore, ipvsadmSave } from "./ipvsadm/ipvsadm-scripts.ts";
import { ipvsServerAdd, ipvsServerDel, ipvsServerEdit } from "./ipvsadm/server-operations.ts";
import {
  ipvsFlush,
  ipvsServiceAdd,
  ipvsServiceDel,
  ipvsServiceEdit,
  ipvsTimeouts,
  ipvsZero,
} from "./ipvsadm/service-operations.ts";
import { linkAdd } from "./link-add.ts";
import { bridge } from "./link-bridge.ts";
import { linkDel } from "./link-del.ts";
import { dummy } from "./link-dummy.ts";
import { ipvlan } from "./link-ipvlan.ts";
import { macvlan } from "./link-macvlan.ts";
import { linkSet } from "./link-set.ts";
import { linkShow } from "./link-show.ts";
import { veth } from "./link-veth.ts";
import { vlan } from "./link-vlan.ts";
import { vxlan } from "./link-vxlan.ts";
import { maddrShow } from "./maddr.ts";
import { neighFlush } from "./neigh-flush.ts";
import { neighDel, neighSet } from "./neigh-set.ts";
import { neighGet, neighShow } from "./neigh-show.ts";
import { netnsAdd, netnsAttach, netnsDel, netnsSet } from "./netns.ts";
import { netnsBind, netnsUnbind } from "./netns-bind.ts";
import { netnsIdentify, netnsList, netnsListId, netnsPids } from "./netns-show.ts";
import type { OperationMap, OperationRecord, QuestionMap, QuestionRecord } from "./operation.ts";
import { portSet } from "./port-set.ts";
import { portShow } from "./port-show.ts";
import { qdiscDel } from "./qdisc-del.ts";
import { qdiscSet } from "./qdisc-set.ts";
import { qdiscShow } from "./qdisc-show.ts";
import { routeGet } from "./route-get.ts";
import { routeDel, routeSet } from "./route-set.ts";
import { routeFlush, routeShow } from "./route-show.ts";
import { ruleAdd, ruleDel } from "./rule-set.ts";
import { ruleFlush, ruleShow } from "./rule-show.ts";
import { sysctl } from "./sysctl.ts";
import { sysctlLoad, sysctlSet } from "./sysctl-set.ts";
import { sysctlShow } from "./sysctl-show.ts";
import { tc } from "./tc.ts";
import { textQuestion } from "./text-question.ts";
import { Toolbox } from "./toolbox.ts";
import { vlanAdd, vlanDel } from "./vlan-change.ts";
import { vlanShow } from "./vlan-show.ts";
import { iptables } from "./xtables/iptables.ts";
import { iptablesChange } from "./xtables/iptables-change.ts";
import { iptablesCheck, iptablesList } from "./xtables/iptables-list.ts";
import { iptablesRestore, iptablesRestoreTool } from "./xtables/iptables-restore.ts";
import { iptablesSave, iptablesSaveTool } from "./xtables/iptables-save.ts";
import { registerExtensions } from "./xtables/register-extensions.ts";

const operations: { readonly [K in keyof OperationMap]: OperationRecord<OperationMap[K]> } = {
  "addr-add": addrAdd,
  "addr-del": addrDel,
  "addr-flush": addrFlush,
  "conntrack-add": conntrackAdd,
  "conntrack-del": conntrackDel,
  "conntrack-flush": conntrackFlush,
  "conntrack-update": conntrackUpdate,
  "fdb-add": fdbAdd,
  "fdb-del": fdbDel,
  "fdb-flush": fdbFlush,
  "ipvs-service-add": ipvsServiceAdd,
  "ipvs-service-edit": ipvsServiceEdit,
  "ipvs-service-del": ipvsServiceDel,
  "ipvs-flush": ipvsFlush,
  "ipvs-zero": ipvsZero,
  "ipvs-timeouts": ipvsTimeouts,
  "ipvs-restore": ipvsRestore,
  "ipvs-server-add": ipvsServerAdd,
  "ipvs-server-edit": ipvsServerEdit,
  "ipvs-server-del": ipvsServerDel,
  "vlan-add": vlanAdd,
  "vlan-del": vlanDel,
  "port-set": portSet,
  "link-add": linkAdd,
  "link-del": linkDel,
  "link-set": linkSet,
  "neigh-del": neighDel,
  "neigh-flush": neighFlush,
  "neigh-set": neighSet,
  "netns-add": netnsAdd,
  "netns-attach": netnsAttach,
  "netns-bind": netnsBind,
  "netns-unbind": netnsUnbind,
  "netns-del": netnsDel,
  "netns-set": netnsSet,
  "qdisc-set": qdiscSet,
  "qdisc-del": qdiscDel,
  "route-set": routeSet,
  "route-del": routeDel,
  "route-flush": routeFlush,
  "rule-add": ruleAdd,
  "rule-del": ruleDel,
  "rule-flush": ruleFlush,
  "sysctl-set": sysctlSet,
  "sysctl-load": sysctlLoad,
  ipset: ipsetChange,
  iptables: iptablesChange,
  "iptables-restore": iptablesRestore,
};

const questions: { readonly [K in keyof QuestionMap]: QuestionRecord<QuestionMap[K]> } = {
  "addr-show": addrShow,
  "conntrack-figures": conntrackFigures,
  "conntrack-show": conntrackShow,
  "fdb-get": fdbGet,
  "fdb-show": fdbShow,
  "ipvs-show": ipvsShow,
  "ipvs-save": ipvsSave,
  "vlan-show": vlanShow,
  "port-show": portShow,
  "link-show": linkShow,
  "neigh-get": neighGet,
  "neigh-show": neighShow,
  "route-show": routeShow,
  "route-get": routeGet,
  "rule-show": ruleShow,
  "maddr-show": maddrShow,
  "netns-identify": netnsIdentify,
  "netns-list": netnsList,
  "netns-list-id": netnsListId,
  "netns-pids": netnsPids,
  "sysctl-show": sysctlShow,
  text: textQuestion,
  "qdisc-show": qdiscShow,
  dmesg,
  "ipset-show": ipsetShow,
  "ipset-test": ipsetTest,
  "iptables-list": iptablesList,
  "iptables-check": iptablesCheck,
  "iptables-save": iptablesSave,
};

/** A toolbox with everything that is built in. */
export function standardToolbox(): Toolbox {
  const toolbox = new Toolbox();
  for (const [op, record] of Object.entries(operations))
    toolbox.operations.set(op, record as OperationRecord<never>);
  for (const [ask, record] of Object.entries(questions))
    toolbox.questions.set(ask, record as QuestionRecord<never>);
  for (const type of [veth, bridge, vxlan, macvlan, dummy, vlan, ipvlan]) toolbox.addLinkType(type);
  toolbox.addTool(bridgeTool);
  toolbox.addTool(conntrackTool);
  toolbox.addTool(ip);
  toolbox.addTool(tc);
  toolbox.addTool(sysctl);
  toolbox.addTool(dmesgTool);
  toolbox.addTool(ipset);
  toolbox.addTool(iptables);
  toolbox.addTool(iptablesSaveTool);
  toolbox.addTool(iptablesRestoreTool);
  registerExtensions(toolbox);
  for (const tool of [ipvsadm, ipvsadmSave, ipvsadmRestore]) toolbox.addTool(tool);
  return toolbox;
}
