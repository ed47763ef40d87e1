import { expect, test } from "vitest";
import type { DockerApi } from "../api/docker-api.ts";
import { completeDocker } from "./complete.ts";

const api = {
  containerList: () => [{ Names: ["/web"] }, { Names: ["/db"] }],
  networkList: () => [{ Name: "bridge" }, { Name: "back" }],
  imageList: () => [{ RepoTags: ["alpine:latest", "nginx:alpine"] }],
  volumeList: () => [{ Name: "v1" }],
} as unknown as DockerApi;

function offers(line: string): string[] {
  return completeDocker(api, line.split(" "));
}

test("commands, of the client and of a group, with their aliases", () => {
  expect(offers("net")).toEqual(["network"]);
  expect(offers("network l")).toEqual(["list", "ls"]);
  expect(offers("x")).toEqual([]);
});

test("options of a command", () => {
  expect(offers("network inspect --")).toEqual(["--format", "--help", "--verbose"]);
  expect(offers("run --net")).toEqual(["--network", "--network-alias"]);
});

test("names of what is there, by what the usage line says of each operand", () => {
  expect(offers("network connect b")).toEqual(["back", "bridge"]);
  expect(offers("network connect back ")).toEqual(["db", "web"]);
  expect(offers("rm -f d")).toEqual(["db"]);
  expect(offers("container rm web ")).toEqual(["db", "web"]);
  expect(offers("run -d --name x a")).toEqual(["alpine:latest"]);
  expect(offers("volume rm ")).toEqual(["v1"]);
  expect(offers("inspect b")).toEqual(["back", "bridge"]);
});

test("values of options", () => {
  expect(offers("run --network b")).toEqual(["back", "bridge"]);
  expect(offers("run --name ")).toEqual([]);
  expect(offers("run --restart o")).toEqual(["on-failure"]);
});

test("without an engine there are no names", () => {
  expect(completeDocker(null, ["rm", ""])).toEqual([]);
});
