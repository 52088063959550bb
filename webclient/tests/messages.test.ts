// The messages are the same words on both sides: read from the samples that the server's tests use as well.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clientFields, fitsFields, parseServerMessage, serverFields } from "../src/messages";

type Sample = Record<string, unknown> & { type: string };

const path = new URL("../../tests/contract/messages.json", import.meta.url);
const samples = JSON.parse(readFileSync(path, "utf8")) as { client: Sample[]; server: Sample[] };

function typesOf(list: Sample[]): string[] {
  return [...new Set(list.map((sample) => sample.type))].sort();
}

describe("what the server says", () => {
  it("has the same types on both sides", () => {
    expect(typesOf(samples.server)).toEqual(Object.keys(serverFields).sort());
  });

  it.each(samples.server.map((sample) => [sample.type, sample] as const))(
    "%s is read as it was sent",
    (_, sample) => {
      expect(parseServerMessage(JSON.stringify(sample))).toEqual(sample);
    },
  );

  it.each(samples.server.map((sample) => [sample.type, sample] as const))(
    "%s has no field unknown here",
    (_, sample) => {
      const { type: _type, ...fields } = sample;
      expect(Object.keys(fields).sort()).toEqual(Object.keys(serverFields[sample.type as "welcome"]).sort());
    },
  );

  it.each(samples.server.map((sample) => [sample.type, sample] as const))(
    "%s without one of its fields is refused",
    (_, sample) => {
      for (const [field, check] of Object.entries(serverFields[sample.type as "welcome"])) {
        if (check.endsWith("?")) continue;
        const { [field]: _left, ...rest } = sample;
        expect(parseServerMessage(JSON.stringify(rest)), field).toBeNull();
      }
    },
  );
});

describe("what the page says", () => {
  it("has the same types on both sides", () => {
    expect(typesOf(samples.client)).toEqual(Object.keys(clientFields).sort());
  });

  it.each(samples.client.map((sample) => [sample.type, sample] as const))(
    "%s has the fields of the sample",
    (_, sample) => {
      const { type: _type, ...fields } = sample;
      expect(clientFields[sample.type as "hello"].some((shape) => fitsFields(fields, shape, true))).toBe(
        true,
      );
    },
  );
});
