/**
 * The two ways to write a sysctl (procps): where the first separator is a dot, dots separate and slashes stand for
 * dots in names (`net.ipv4.conf.eth0/10.rp_filter`); otherwise slashes separate.
 */
export function pathOf(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  const path = first === "." ? name.replaceAll(/[./]/g, (c) => (c === "." ? "/" : ".")) : name;
  return path.replace(/^\/?(proc\/sys\/)?/, "");
}

/** A path as `sysctl` prints it. */
export function nameOf(path: string): string {
  return path.replaceAll(/[./]/g, (c) => (c === "/" ? "." : "/"));
}
