// Rules of the smaller elements that need no browser: files, time left, who is new, what the server answers.
import { beforeAll, describe, expect, it } from "vitest";
import { announcement, minutesLeft, remainingWords } from "../src/booking/countdown";
import { newcomers, parseArrivals } from "../src/desk/arrivals";
import { problemFor } from "../src/room/devices";
import { socketAddress } from "../src/room/signaling_address";
import { problemOf } from "../src/server";
import { fileProblem } from "../src/upload/file_rules";

beforeAll(() => {
  globalThis.document = { getElementById: () => null } as unknown as Document;
});

describe("a file", () => {
  const plan = { name: "Plan.PDF", size: 1000, type: "application/pdf" };

  it("is sent when type and size fit", () => {
    expect(fileProblem(plan, ".pdf,image/png", 2000)).toBeNull();
    expect(fileProblem({ ...plan, name: "bild", type: "image/png" }, ".pdf,image/png", 2000)).toBeNull();
    expect(fileProblem({ ...plan, name: "bild", type: "image/png" }, "image/*", 2000)).toBeNull();
    expect(fileProblem(plan, "", 0)).toBeNull();
  });

  it("is named with the reason when it does not", () => {
    expect(fileProblem({ ...plan, size: 0 }, ".pdf", 2000)).toBe("Plan.PDF ist leer.");
    expect(fileProblem({ ...plan, size: 3_000_000 }, ".pdf", 2_097_152)).toContain("höchstens 2 MB");
    const wrong = fileProblem({ name: "a.exe", size: 1, type: "application/x-msdownload" }, ".pdf,.png", 0);
    expect(wrong).toContain("PDF, PNG");
  });
});

describe("the time left", () => {
  it("is rounded up and said in words", () => {
    expect(minutesLeft(600_000, 0)).toBe(10);
    expect(minutesLeft(600_000, 1)).toBe(10);
    expect(minutesLeft(0, 5)).toBe(0);
    expect(remainingWords(1)).toBe("Noch eine Minute");
    expect(remainingWords(7)).toBe("Noch 7 Minuten");
  });

  it("is announced at two minutes and at the end only", () => {
    expect(announcement(null, 10)).toBeNull();
    expect(announcement(10, 9)).toBeNull();
    expect(announcement(3, 2)).toContain("Noch zwei Minuten");
    expect(announcement(2, 1)).toBeNull();
    expect(announcement(1, 0)).toContain("abgelaufen");
    expect(announcement(0, 0)).toBeNull();
  });
});

describe("arrivals", () => {
  const ada = { appointment: "1", name: "Ada", since: "2026-11-22T10:00:00+01:00", state: "waiting" };
  const bob = { ...ada, appointment: "2", name: "Bob" };

  it("are new when they were not in the list before, and never on the first list", () => {
    expect(newcomers(null, [ada])).toEqual([]);
    expect(newcomers([ada], [ada, bob])).toEqual([bob]);
    expect(newcomers([ada], [])).toEqual([]);
  });

  it("are read from well-formed entries only", () => {
    expect(parseArrivals({ arrivals: [ada, { name: 1 }, null] })).toEqual([ada]);
    expect(parseArrivals("nothing")).toEqual([]);
  });
});

describe("the server's answers", () => {
  it("name a problem by the end of its type and tell it in its detail", () => {
    const problem = problemOf(
      409,
      '{"type":"https://sprechzeit.example/problems/too-large","detail":"Zu groß"}',
    );
    expect([problem.code, problem.detail]).toEqual(["too-large", "Zu groß"]);
    expect(problemOf(502, "<html>").detail).toBe("");
  });

  it("give a socket's address for a path and for an address", () => {
    expect(socketAddress("/signaling/v1", "https://city.example/a/1")).toBe(
      "wss://city.example/signaling/v1",
    );
    expect(socketAddress("wss://media.example/s", "https://city.example/")).toBe("wss://media.example/s");
    expect(socketAddress("/signaling/v1", "http://localhost:8080/")).toBe("ws://localhost:8080/signaling/v1");
  });
});

describe("a device that does not open", () => {
  it("has a reason of its own", () => {
    const failing = (name: string) => problemFor(Object.assign(new Error(), { name }));
    expect(failing("NotAllowedError")).toBe("denied");
    expect(failing("NotFoundError")).toBe("none");
    expect(failing("NotReadableError")).toBe("busy");
    expect(failing("TypeError")).toBe("unknown");
  });
});
