/**
 * Rule sets of our own, with the options in the combinations that people write them in: gathered from public listings.
 * `NAME.in` is what a person writes, `NAME.rules` what iptables-save 1.8.9 (legacy) of a real kernel made of it.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { lab } from "../src/index.ts";

const SETS = "ipset create banned hash:ip; ipset create pairs hash:ip,port";
const read = (file: string): string =>
  readFileSync(new URL(`rule-listings/${file}`, import.meta.url), "utf8");
const withoutComments = (text: string): string => text.replace(/^#.*\n/gm, "");
/** Root on Linux, with namespaces and the tool whose words these are. */
const canAskKernel =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("unshare", ["-n", "sh", "-c", "iptables-legacy-save && ipset list"]).status === 0;

for (const name of ["workstation", "gateway"]) {
  test(`${name}: what a person writes becomes what iptables-save writes, and that stays as it is`, async () => {
    const host = lab({ hosts: { a: "172.10.0.15" } }).host("a");
    await host.run(SETS);
    for (const file of [`${name}.in`, `${name}.rules`]) {
      const result = await host.run(`iptables-restore <<'END'\n${read(file)}END\niptables-save`);
      expect(result.stderr).toBe("");
      expect(withoutComments(result.stdout)).toBe(read(`${name}.rules`));
    }
  });

  test.runIf(canAskKernel)(`${name}: the real tool says so`, () => {
    const script = `${SETS}; iptables-legacy-restore && iptables-legacy-save`;
    const real = spawnSync("unshare", ["-n", "sh", "-c", script], {
      input: read(`${name}.in`),
      encoding: "utf8",
    });
    expect(real.stderr).toBe("");
    expect(withoutComments(real.stdout)).toBe(read(`${name}.rules`));
  });
}

test("--return-nomatch: what an entry of a set excludes is what matches", async () => {
  const net = lab({ hosts: { a: "172.10.0.15", b: "172.10.0.16", c: "172.10.0.17" } });
  await net
    .host("b")
    .run(
      "ipset create n hash:net; ipset add n 172.10.0.0/24; ipset add n 172.10.0.17 nomatch;" +
        "iptables -A INPUT -m set --match-set n src --return-nomatch -j DROP",
    );
  const dropped = (from: string): string[] =>
    net.send({ from, to: "172.10.0.16" }).dropped.map(({ reason }) => reason);
  expect([dropped("a"), dropped("c")]).toEqual([[], ["NETFILTER_DROP"]]);
});
