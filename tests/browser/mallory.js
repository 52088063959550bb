// A man in the middle with a connection of his own to each of two people: he passes on picture, sound and channels, and
// plays the safety code with both as honestly as he can. `between` is run in a page; its methods answer descriptions.
() => {
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const fingerprint = (sdp) => {
    const [, algorithm, value] = /^a=fingerprint:(\S+) (\S+)/m.exec(sdp);
    return `${algorithm.toLowerCase()} ${value.toUpperCase()}`;
  };
  const sides = { clerk: new RTCPeerConnection(), citizen: new RTCPeerConnection() };
  const other = { clerk: "citizen", citizen: "clerk" };
  const channels = { clerk: [], citizen: [] };
  const nonces = {};

  const commit = async (side, room, channel) => {
    nonces[side] = hex(crypto.getRandomValues(new Uint8Array(32)));
    const own = fingerprint(sides[side].localDescription.sdp);
    const text = JSON.stringify(["sprechzeit safety commitment 1", room, own, nonces[side]]);
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    channel.send(JSON.stringify({ kind: "commit", hash: hex(hash) }));
  };

  const openChannels = (side, room) => {
    if (channels[side].length > 0) return;
    ["control", "chat", "t140", "safety"].forEach((name, id) => {
      const channel = sides[side].createDataChannel(name, { negotiated: true, id });
      channels[side].push(channel);
      if (name === "safety") {
        channel.onopen = () => commit(side, room, channel);
        channel.onmessage = ({ data }) => {
          if (JSON.parse(data).kind === "commit")
            channel.send(JSON.stringify({ kind: "reveal", nonce: nonces[side] }));
        };
      } else {
        channel.onmessage = ({ data }) => channels[other[side]][id].send(data);
      }
    });
  };

  for (const side of ["clerk", "citizen"]) {
    sides[side].ontrack = ({ track }) => {
      const passing = sides[other[side]].getTransceivers().find((one) => one.receiver.track.kind === track.kind);
      passing?.sender.replaceTrack(track);
    };
  }
  for (const kind of ["audio", "video"]) sides.citizen.addTransceiver(kind);

  const gathered = (connection) =>
    new Promise((done) => {
      const look = () => connection.iceGatheringState === "complete" && done(connection.localDescription.sdp);
      connection.addEventListener("icegatheringstatechange", look);
      look();
    });

  const answered = (connection) =>
    new Promise((done) => {
      const look = () => connection.signalingState === "stable" && done();
      connection.addEventListener("signalingstatechange", look);
      look();
    });

  let offered = "";
  return {
    /** The clerk's offer: kept; what the citizen is offered instead. What is said again is known already. */
    async offer(sdp, room) {
      if (sdp === offered) return "";
      offered = sdp;
      await answered(sides.clerk);
      await sides.clerk.setRemoteDescription({ type: "offer", sdp });
      if (sdp.includes("m=application")) for (const side of ["clerk", "citizen"]) openChannels(side, room);
      await sides.citizen.setLocalDescription();
      return gathered(sides.citizen);
    },
    /** The citizen's answer: kept; what the clerk is answered instead. */
    async answer(sdp) {
      await sides.citizen.setRemoteDescription({ type: "answer", sdp });
      for (const transceiver of sides.clerk.getTransceivers()) {
        transceiver.direction = "sendrecv";
        const from = sides.citizen.getTransceivers().find((one) => one.receiver.track.kind === transceiver.receiver.track.kind);
        if (from !== undefined) await transceiver.sender.replaceTrack(from.receiver.track);
      }
      await sides.clerk.setLocalDescription();
      return gathered(sides.clerk);
    },
    /** A candidate of the person on that side. */
    async candidate(side, candidate) {
      await sides[side].addIceCandidate(candidate).catch(() => undefined);
    },
    states: () => [sides.clerk.connectionState, sides.citizen.connectionState],
  };
}
