import { expect, test } from "vitest";
import { readDaemonFile, StartRefusal } from "./daemon-file.ts";

/** What dockerd 20.10.24 said to a file with this text, after `unable to configure the Docker daemon with file ...: `. */
const REFUSED: readonly (readonly [text: string, words: string])[] = [
  ["{", "unexpected EOF"],
  ["", "EOF"],
  ['{"bip": }', "invalid character '}' looking for beginning of value"],
  ['{"a": 1,}', "invalid character '}' looking for beginning of object key string"],
  ["{'a': 1}", "invalid character '\\'' looking for beginning of object key string"],
  ['{"mtu": 1400 "icc": true}', "invalid character '\"' after object key:value pair"],
  ["[]", "json: cannot unmarshal array into Go value of type map[string]interface {}"],
  ['"x"', "json: cannot unmarshal string into Go value of type map[string]interface {}"],
  ['{"nosuch": 1}', "the following directives don't match any configuration option: nosuch"],
  [
    '{"nosuch": 1, "other": {"a": 1}}',
    "the following directives don't match any configuration option: nosuch, a",
  ],
  ['{"MTU": 1400}', "the following directives don't match any configuration option: MTU"],
  [
    '{"default-address-pools": {"base":"10.0.0.0/8","size":24}}',
    "the following directives don't match any configuration option: base, size",
  ],
  ['{"mtu": "big"}', "json: cannot unmarshal string into Go struct field Config.mtu of type int"],
  ['{"mtu": 1400.5}', "json: cannot unmarshal number 1400.5 into Go struct field Config.mtu of type int"],
  ['{"icc": "no"}', "json: cannot unmarshal string into Go struct field Config.icc of type bool"],
  [
    '{"live-restore": 1}',
    "json: cannot unmarshal number into Go struct field Config.live-restore of type bool",
  ],
  ['{"dns": "1.1.1.1"}', "json: cannot unmarshal string into Go struct field Config.dns of type []string"],
  [
    '{"log-driver": 3}',
    "json: cannot unmarshal number into Go struct field Config.log-driver of type string",
  ],
  ['{"ip": 3}', "json: cannot unmarshal number into Go struct field Config.ip of type net.IP"],
  ['{"ip": "x"}', "invalid IP address: x"],
  [
    '{"log-opts": {"a": 3}}',
    "json: cannot unmarshal number into Go struct field Config.log-opts of type string",
  ],
  [
    '{"default-ulimits": {"nofile": 3}}',
    "json: cannot unmarshal number into Go struct field Config.default-ulimits of type units.Ulimit",
  ],
  ['{"default-shm-size": "foo"}', "invalid size: 'foo'"],
  ['{"default-shm-size": 3}', 'invalid size: "3"'],
  ['{"dns": [null]}', "configuration validation from file failed:  is not an ip address"],
  ['{"dns": [{}]}', "json: cannot unmarshal object into Go struct field Config.dns of type string"],
  ['{"dns": {}}', "json: cannot unmarshal object into Go struct field Config.dns of type []string"],
  [
    '{"default-address-pools": [3]}',
    "json: cannot unmarshal number into Go struct field Config.default-address-pools of type ipamutils.NetworkToSplit",
  ],
  [
    '{"default-address-pools": [{"base":3,"size":"x"}]}',
    "json: cannot unmarshal number into Go struct field Config.default-address-pools of type string",
  ],
  [
    '{"default-address-pools": [{"base":"10.0.0.0/8","size":24.5}]}',
    "json: cannot unmarshal number 24.5 into Go struct field Config.default-address-pools of type int",
  ],
  ['{"mtu": 1e30}', "json: cannot unmarshal number 1e30 into Go struct field Config.mtu of type int"],
  ['{"mtu": 1.0}', "json: cannot unmarshal number 1.0 into Go struct field Config.mtu of type int"],
  ['{"mtu": 1.50}', "json: cannot unmarshal number 1.50 into Go struct field Config.mtu of type int"],
  [
    '{"mtu": 99999999999999999999}',
    "json: cannot unmarshal number 99999999999999999999 into Go struct field Config.mtu of type int",
  ],
  ['{"mtu": 1e400}', "json: cannot unmarshal number 1e400 into Go value of type float64"],
  [
    '{"cpu-rt-period": "x"}',
    "json: cannot unmarshal string into Go struct field Config.cpu-rt-period of type int64",
  ],
  [
    '{"runtimes": {"a": 3}}',
    "json: cannot unmarshal number into Go struct field Config.runtimes of type types.Runtime",
  ],
  [
    '{"runtimes": {"a": {"path": 3}}}',
    "json: cannot unmarshal number into Go struct field Runtime.runtimes.path of type string",
  ],
  [
    '{"features": {"a": 3}}',
    "json: cannot unmarshal number into Go struct field Config.features of type bool",
  ],
  [
    '{"builder": {"gc": 3}}',
    "json: cannot unmarshal number into Go struct field BuilderConfig.builder.GC of type config.BuilderGCConfig",
  ],
  [
    '{"default-ulimits": {"nofile": {"Name": 3}}}',
    "json: cannot unmarshal number into Go struct field Ulimit.default-ulimits.Name of type string",
  ],
  [
    '{"default-ulimits": {"nofile": {"hard": 1.5}}}',
    "json: cannot unmarshal number 1.5 into Go struct field Ulimit.default-ulimits.Hard of type int64",
  ],
  ['{"default-shm-size": ""}', 'invalid size: "\\"\\""'],
  ['{"default-shm-size": 1.50}', 'invalid size: "1.50"'],
  ['{"ä":é}', "invalid character 'Ã' looking for beginning of value"],
  [`{"dns":${"[".repeat(10_001)}`, "invalid character '[' exceeded max depth"],
  ["[".repeat(10_000), "unexpected EOF"],
  ['{"labels": ["a"]}', "configuration validation from file failed: bad attribute format: a"],
  ['{"dns": ["x"]}', "configuration validation from file failed: x is not an ip address"],
  [
    '{"dns-search": ["bad domain"]}',
    "configuration validation from file failed: bad domain is not a valid domain",
  ],
  [
    '{"max-concurrent-downloads": -1}',
    "configuration validation from file failed: invalid max concurrent downloads: -1",
  ],
  [
    '{"default-runtime": "foo"}',
    "configuration validation from file failed: specified default runtime 'foo' does not exist",
  ],
];

test.each(REFUSED)("daemon.json %s is refused in dockerd's words", (text, words) =>
  expect(() => readDaemonFile(text, "F")).toThrow(
    new StartRefusal(`unable to configure the Docker daemon with file F: ${words}`),
  ),
);

test("dockerd takes what stands before the end of the first value, and refuses labels and levels in other words", () => {
  expect(readDaemonFile('{"debug": true} x')).toEqual({ debug: true });
  expect(readDaemonFile('{"mtu": null}')).toEqual({ mtu: null });
  expect(() => readDaemonFile('{"labels": ["a=1","a=2"]}')).toThrow(
    new StartRefusal("conflict labels for a=2 and a=1"),
  );
  expect(() => readDaemonFile('{"log-level": "loud"}')).toThrow(
    new StartRefusal("unable to parse logging level: loud"),
  );
});

test("null is what was not said, in a list the empty text, and capital letters of inner names are no matter", () => {
  expect(readDaemonFile('{"dns-opts": [null], "log-opts": {"max-size": null}}')).toEqual({
    "dns-opts": [""],
    "log-opts": { "max-size": "" },
  });
  expect(
    readDaemonFile('{"default-address-pools": [{"Base": "10.0.0.0/8", "SIZE": 24, "x": 1}, null]}'),
  ).toEqual({
    "default-address-pools": [{ base: "10.0.0.0/8", size: 24 }, null],
  });
  expect(readDaemonFile('{"default-ulimits": {"nofile": null}, "mtu": -0, "a": {"mtu": 1}}')).toEqual({
    "default-ulimits": { nofile: null },
    mtu: -0,
  });
});
