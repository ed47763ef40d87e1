import type { RpfilterInfo } from "../../netfilter/match-rpfilter.ts";
import type { XtExtension } from "./extension.ts";

export const rpfilterMatch: XtExtension<RpfilterInfo> = {
  name: "rpfilter",
  help: `rpfilter match options:
    --loose          permit reverse path via any interface
    --validmark      use skb nfmark when performing route lookup
    --accept-local   do not reject packets with a local source address
    --invert         match packets that failed the reverse path test
`,
  options: [{ name: "loose" }, { name: "validmark" }, { name: "accept-local" }, { name: "invert" }],
  make: (given) => ({
    name: "rpfilter",
    ...(given.has("loose") ? { loose: true as const } : {}),
    ...(given.has("validmark") ? { validmark: true as const } : {}),
    ...(given.has("accept-local") ? { acceptLocal: true as const } : {}),
    ...(given.has("invert") ? { invert: true as const } : {}),
  }),
  save: (info) =>
    words(info)
      .map((word) => `--${word}`)
      .join(" "),
  list: (info) => ["rpfilter", ...words(info)].join(" "),
};

function words({ loose, validmark, acceptLocal, invert }: RpfilterInfo): string[] {
  return [
    ...(loose ? ["loose"] : []),
    ...(validmark ? ["validmark"] : []),
    ...(acceptLocal ? ["accept-local"] : []),
    ...(invert ? ["invert"] : []),
  ];
}
