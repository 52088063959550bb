// Builds every page's entry into dist/ with hashed names, a manifest for the server's templates, and a .gz beside
// each script and style sheet. What runs in the pages is under src/.
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const entries = {
  style: "src/style.css",
  room: "src/room/main.ts",
  "room-early": "src/room/early.ts",
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

export default defineConfig({
  base: "/static/",
  publicDir: false,
  plugins: [compressed()],
  build: {
    target: ["chrome109", "firefox115", "safari16.4"],
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
      },
    },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
