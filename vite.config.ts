import { existsSync, readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** Service workers have addresses of their own that stay (`live/views` serves them), so their names bear no mark of their content. */
const workers = ["notices", "offline"];
const door = (name: string) => `blisko/ui/islands/${name}`;

/** Style sheets of single apps, each for the few pages that name it: `blisko/<app>/islands/<name>.css`. */
function sheets(): string[] {
  const rooms = readdirSync("blisko").filter((app) => app !== "ui").map((app) => `blisko/${app}/islands`);
  return rooms.filter((room) => existsSync(room)).flatMap((room) =>
    readdirSync(room).filter((file) => file.endsWith(".css")).map((file) => `${room}/${file}`),
  );
}

export default defineConfig({
  // Relative addresses inside the bundle: it works under any STATIC_URL.
  base: "./",
  publicDir: false,
  build: {
    outDir: "build/static",
    emptyOutDir: true,
    manifest: "manifest.json",
    // Fonts and pictures stay files: `font-src 'self'` has no data: in it.
    assetsInlineLimit: 0,
    target: "es2022",
    modulePreload: { polyfill: false },
    // MapLibre is one chunk by nature and comes after first paint.
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: [door("blisko.css"), door("customer.ts"), door("technician.ts"), door("console.ts"), ...sheets(), ...workers.map((name) => `blisko/live/islands/${name}.ts`)],
      output: { entryFileNames: ({ name }) => (workers.includes(name) ? "[name].js" : "assets/[name]-[hash].js") },
    },
  },
  worker: { format: "es" },
  test: {
    environment: "happy-dom",
    include: ["blisko/*/tests/**/*.test.ts"],
  },
});
