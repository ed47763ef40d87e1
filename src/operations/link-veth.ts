import { addVeth } from "../link/veth.ts";
import { KernelError } from "../net/kernel-error.ts";
import { parseAttributes } from "./ip-link.ts";
import { type LinkAttributes, linkAttributeWords, macOf, nameWords } from "./link-attributes.ts";
import { namespaceNamed } from "./link-change.ts";
import { type LinkType, nameOr } from "./link-type.ts";
import { vethHelp } from "./link-type-help.ts";
import { netnsId } from "./netns-ids.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, same } from "./words.ts";

/** `type veth peer [name] NAME ...` */
export const veth: LinkType = {
  kind: "veth",
  help: vethHelp,
  parse(words) {
    if (words.done) return {};
    if (!same(words.next(), "peer")) throw new ToolError(vethHelp, 1);
    const { attributes, dev, kind } = parseAttributes(words);
    if (kind !== undefined) throw duplicate("type", kind);
    const name = attributes.name ?? dev;
    return { peer: { ...attributes, ...(name === undefined ? {} : { name }) } };
  },
  words(options) {
    if (options["peer"] === undefined) return [];
    const { name, ...rest } = options["peer"] as LinkAttributes;
    return [
      "peer",
      ...(name === undefined ? [] : name === "type" ? nameWords(name, "name") : ["name", name]),
      ...linkAttributeWords(rest),
    ];
  },
  create({ namespace, context, name, common, options }) {
    const peer = (options["peer"] ?? {}) as LinkAttributes;
    const peerNs = peer.into === undefined ? context.namespace : namespaceNamed(context, peer.into);
    // The peer is made first, and so takes the first of the free names.
    const peerName = nameOr(peerNs, peer.name ?? "", "veth");
    let own = nameOr(namespace, name, "veth");
    if (name === "" && peerNs === namespace && own === peerName) own = next(own);
    const device = addVeth(namespace, own, common, peerNs, peerName, {
      ...(peer.mtu === undefined ? {} : { mtu: peer.mtu }),
      ...(peer.address === undefined ? {} : { mac: macOf(peer.address) }),
      ...(peer.txqueuelen === undefined ? {} : { txQueueLength: peer.txqueuelen }),
      ...(peer.index === undefined ? {} : { ifindex: peer.index }),
    });
    if (peer.up) {
      // The kernel opens the peer before it knows its other end (veth_open).
      namespace.removeDevice(device);
      throw new KernelError("ENOTCONN");
    }
    if (peer.group !== undefined) device.peer!.group = peer.group;
    if (peerNs !== namespace) netnsId(namespace, peerNs);
    return device;
  },
};

/** `veth0` is taken by the other end: the next number. */
function next(name: string): string {
  return name.replace(/\d+$/, (digits) => `${Number(digits) + 1}`);
}
