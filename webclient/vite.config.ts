// Builds every page's entry into dist/ with hashed names, a manifest for the server's templates, and a .gz beside
// each script and style sheet. What runs in the pages is under src/.
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "vite";
import { defineConfig } from "vitest/config";

const target = ["chrome109", "firefox115", "safari16.4"];
const entries = {
  style: "src/style.css",
  room: "src/room/main.ts",
  check: "src/check/main.ts",
  knock: "src/knock/main.ts",
  rescue: "src/rescue/main.ts",
  upload: "src/upload/main.ts",
  booking: "src/booking/main.ts",
  recording: "src/recording/main.ts",
  desk: "src/desk/main.ts",
  clerk: "src/clerk/main.ts",
  signing: "src/signing/main.ts",
  pad: "src/signing/pad.ts",
  frame: "src/embed/frame.ts",
  embed: "src/embed/embed.ts",
};

function compressed(): Plugin {
  return {
    name: "sprechzeit-compressed",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const [name, output] of Object.entries(bundle)) {
          if (!/\.(css|js)$/.test(name)) continue;
          const content = output.type === "chunk" ? output.code : output.source;
          this.emitFile({
            type: "asset",
            fileName: `${name}.gz`,
            source: gzipSync(Buffer.from(content), { level: 9 }),
          });
        }
      },
    },
  };
}

/** The script that a room's page reads before all else: classic, in one piece, so that nothing else has to be there. */
function early(): Plugin {
  const entry = "src/room/early.ts";
  return {
    name: "sprechzeit-early",
    apply: "build",
    async buildStart() {
      const lib = { entry, formats: ["iife" as const], name: "_" };
      const built = await build({
        configFile: false,
        logLevel: "warn",
        build: { target, lib, write: false, rollupOptions: { output: { extend: true } } },
      });
      const [{ output }] = built as unknown as [{ output: [{ code: string }] }];
      this.emitFile({
        type: "asset",
        name: "room-early.js",
        originalFileName: entry,
        source: output[0].code,
      });
    },
  };
}

export default defineConfig({
  base: "/static/",
  publicDir: false,
  plugins: [early(), compressed()],
  build: {
    target,
    outDir: "dist",
    manifest: true,
    // A data: address would need img-src or font-src data: in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: entries,
      // The city's pages name this one script: its address never changes (served as /embed.js).
      output: {
        entryFileNames: (chunk) => (chunk.name === "embed" ? "embed.js" : "assets/[name]-[hash].js"),
        // Few files instead of many small ones: each costs a browser a few milliseconds, from its own store too.
        codeSplitting: {
          groups: [
            { name: "texts", test: /\/src\/(texts|server)/, minShareCount: 2 },
            { name: "elements", test: /\/(node_modules|src\/(room|desk|knock))\//, minShareCount: 2 },
            { name: "forms", test: /\/src\/signing\//, minShareCount: 2 },
          ],
        },
      },
    },
  },
  // A busy machine takes its time: only what never comes to an end is a fault.
  test: { include: ["tests/**/*.test.ts"], environment: "node", testTimeout: 60_000, hookTimeout: 60_000 },
});
