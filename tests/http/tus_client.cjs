// tus-js-client in node, as a citizen uses it: node tus_client.cjs CLIENT_FOLDER URL FILE STORAGE PART
// Sends a part and pauses; another client finds the upload again and ends it; a third one is terminated on the way.
const { createReadStream, statSync } = require("node:fs");
const { createRequire } = require("node:module");
const [folder, endpoint, file, storage, part] = process.argv.slice(2);
const { Upload, FileUrlStorage } = createRequire(`${folder}/package.json`)("tus-js-client");

const options = {
  endpoint,
  chunkSize: Number(part),
  uploadSize: statSync(file).size,
  metadata: { filename: "plan.pdf", item: "lageplan" },
  urlStorage: new FileUrlStorage(storage),
  retryDelays: [],
};

/** Resolves with the upload once `stopAfter` bytes were accepted and it was stopped, or it is at its end. */
function send({ stopAfter = Number.POSITIVE_INFINITY, terminate = false, previous = null } = {}) {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const upload = new Upload(createReadStream(file), {
      ...options,
      onError: reject,
      onSuccess: () => resolve(upload),
      onChunkComplete: (_size, accepted) => {
        if (stopping || accepted < stopAfter) return;
        stopping = true;
        upload.abort(terminate).then(() => resolve(upload), reject);
      },
    });
    if (previous) upload.resumeFromPreviousUpload(previous);
    upload.start();
  });
}

async function main() {
  const paused = await send({ stopAfter: options.chunkSize });
  const [previous] = await paused.findPreviousUploads();
  const response = await fetch(previous.uploadUrl, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
  const standing = Number(response.headers.get("Upload-Offset"));
  const ended = await send({ previous });
  const terminated = await send({ stopAfter: options.chunkSize, terminate: true });
  console.log(JSON.stringify({ paused: paused.url, standing, ended: ended.url, terminated: terminated.url }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
