import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Tokens = Record<string, string>;

const sheet = readFileSync("blisko/ui/islands/tokens.css", "utf8");

function block(start: string): Tokens {
  const from = sheet.indexOf("{", sheet.indexOf(start)) + 1;
  const text = sheet.slice(from, sheet.indexOf("}", from));
  return Object.fromEntries([...text.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1]!, match[2]!.trim()]));
}

const light = block(":root {");
const wished = block(':root:not([data-theme="light"])');
const chosen = block(':root[data-theme="dark"]');

/** Relative luminance and contrast as in WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(tokens: Tokens, over: string, under: string): number {
  const [a, b] = [luminance(tokens[over]!), luminance(tokens[under]!)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const grounds = ["paper", "card", "sunk"];
const text: [string, string][] = [
  ...grounds.flatMap((ground): [string, string][] => ["ink", "ink-soft", "brand", "danger"].map((ink) => [ink, ground])),
  ...["brand", "brand-strong"].map((ground): [string, string] => ["on-brand", ground]),
  ...["danger", "danger-strong"].map((ground): [string, string] => ["on-danger", ground]),
  ...["brand", "sun", "danger", "success", "info"].map((tone): [string, string] => [`on-${tone}-soft`, `${tone}-soft`]),
  ["on-sun", "sun"],
  ["paper", "ink"],
  ["ink-soft", "land"],
];
const shapes: [string, string][] = [
  ...["line-strong", "focus", "brand", "success", "danger"].flatMap((tone): [string, string][] => [
    [tone, "paper"],
    [tone, "card"],
  ]),
  ["route", "land"],
  ["success", "success-soft"],
];

test("both darks are the same dark, and know every colour that light knows", () => {
  expect(chosen).toEqual(wished);
  const colours = (tokens: Tokens) => Object.keys(tokens).filter((name) => tokens[name]!.startsWith("#"));
  expect(colours(chosen)).toEqual(colours(light));
});

for (const [name, tokens] of Object.entries({ light, dark: chosen })) {
  test.each(text)(`${name}: words in %s on %s have a contrast of 4.5`, (over, under) => {
    expect(contrast(tokens, over, under)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(shapes)(`${name}: shapes in %s on %s have a contrast of 3`, (over, under) => {
    expect(contrast(tokens, over, under)).toBeGreaterThanOrEqual(3);
  });
}
