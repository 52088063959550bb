// Perfect negotiation decides by role and state alone; which connection a description belongs to is told by its origin.
import { describe, expect, it } from "vitest";
import {
  judge,
  knownOrigin,
  type NegotiationFacts,
  originOf,
  remedy,
  takesBack,
} from "../src/room/negotiation";

const calm: NegotiationFacts = {
  kind: "offer",
  polite: true,
  makingOffer: false,
  settingAnswer: false,
  signalingState: "stable",
  origin: "2",
  knownOrigin: null,
  droppedOrigin: null,
};

describe("an offer", () => {
  it("is applied when nothing of our own is under way", () => {
    expect(judge(calm)).toBe("apply");
    expect(judge({ ...calm, polite: false })).toBe("apply");
  });

  it("that meets our own is ignored by the impolite side and applied by the polite one", () => {
    for (const clash of [{ makingOffer: true }, { signalingState: "have-local-offer" as const }]) {
      expect(judge({ ...calm, ...clash, polite: false })).toBe("ignore");
      expect(judge({ ...calm, ...clash, polite: true })).toBe("apply");
    }
  });

  it("that comes while an answer is being set meets no offer of ours", () => {
    expect(judge({ ...calm, polite: false, signalingState: "have-local-offer", settingAnswer: true })).toBe(
      "apply",
    );
  });

  it("of a new connection at the other end replaces ours", () => {
    expect(judge({ ...calm, knownOrigin: "1" })).toBe("replace");
    expect(judge({ ...calm, knownOrigin: "2" })).toBe("apply");
  });

  it("of a connection that was given up is ignored", () => {
    expect(judge({ ...calm, droppedOrigin: "2" })).toBe("ignore");
  });
});

describe("an answer", () => {
  it("is applied only when it was asked for", () => {
    expect(judge({ ...calm, kind: "answer", signalingState: "have-local-offer" })).toBe("apply");
    expect(judge({ ...calm, kind: "answer" })).toBe("ignore");
  });

  it("of a connection that was given up is ignored", () => {
    const late = {
      ...calm,
      kind: "answer" as const,
      signalingState: "have-local-offer" as const,
      droppedOrigin: "2",
    };
    expect(judge(late)).toBe("ignore");
  });
});

describe("the origin", () => {
  it("is the session id of the o= line, whatever the line's version", () => {
    expect(originOf("v=0\r\no=- 4711 2 IN IP4 127.0.0.1\r\ns=-\r\n")).toBe("4711");
    expect(originOf("v=0\r\no=mozilla 4711 3 IN IP4 0.0.0.0\r\ns=-\r\n")).toBe("4711");
    expect(originOf("v=0\r\n")).toBe("");
  });
});

describe("a broken connection", () => {
  it("is restarted at once by the impolite side, two seconds later by the polite one", () => {
    expect(remedy("failed", 0, false, false)).toBe("restart");
    expect(remedy("failed", 1000, true, false)).toBe("none");
    expect(remedy("failed", 2000, true, false)).toBe("restart");
  });

  it("that is only disconnected gets three seconds to come back by itself", () => {
    expect(remedy("disconnected", 2900, false, false)).toBe("none");
    expect(remedy("disconnected", 3000, false, false)).toBe("restart");
  });

  it("is made anew when the restart did not help", () => {
    expect(remedy("failed", 7000, false, true)).toBe("none");
    expect(remedy("failed", 8000, false, true)).toBe("rebuild");
    expect(remedy("connecting", 8000, false, true)).toBe("rebuild");
    expect(remedy("failed", 29_000, false, true, false)).toBe("none");
    expect(remedy("failed", 30_000, false, true, false)).toBe("rebuild");
  });

  it("is left alone while it is well or still coming up for the first time", () => {
    expect(remedy("connected", 60_000, false, true)).toBe("none");
    expect(remedy("connecting", 60_000, false, false)).toBe("none");
    expect(remedy("new", 60_000, false, false)).toBe("none");
  });
});

describe("an own offer", () => {
  const remoteDescription = {
    type: "offer",
    sdp: "v=0\r\no=- 77 2 IN IP4 0.0.0.0\r\n",
  } as RTCSessionDescription;

  it("is taken back when another comes before its answer", () => {
    expect(takesBack("offer", { signalingState: "have-local-offer", remoteDescription })).toBe(true);
    expect(takesBack("answer", { signalingState: "have-local-offer", remoteDescription })).toBe(false);
    expect(takesBack("offer", { signalingState: "stable", remoteDescription })).toBe(false);
  });

  it("on a connection that has carried nothing yet costs nothing", () => {
    expect(takesBack("offer", { signalingState: "have-local-offer", remoteDescription: null })).toBe(false);
    expect(knownOrigin({ remoteDescription: null })).toBeNull();
    expect(knownOrigin({ remoteDescription })).toBe("77");
  });
});
