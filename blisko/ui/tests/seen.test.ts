import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ageOf, secondsSince, wordsFor } from "../islands/seen-ago";
import { asTheme, themeCookie } from "../islands/theme-switch";

const polish: Record<string, string> = {
  "just-now": "przed chwilą",
  "seconds-one": "{n} sekundę temu",
  "seconds-few": "{n} sekundy temu",
  "seconds-many": "{n} sekund temu",
  "minutes-one": "{n} minutę temu",
  "minutes-few": "{n} minuty temu",
  "minutes-many": "{n} minut temu",
  lost: "brak sygnału, ostatnio o {time}",
};
const say = (seconds: number, lost = 600) => wordsFor(ageOf(seconds, lost), (name) => polish[name] ?? null, "pl", "14:02");

test("an age is said in the plural form of the language", () => {
  expect([0, 20, 61, 130, 300, 600].map((seconds) => say(seconds))).toEqual([
    "przed chwilą",
    "20 sekund temu",
    "1 minutę temu",
    "2 minuty temu",
    "5 minut temu",
    "brak sygnału, ostatnio o 14:02",
  ]);
});

test("a position of the future was seen just now", () => expect(ageOf(-30, 60)).toEqual({ kind: "now" }));

test("the age grows as fast as the server's clock runs", () => {
  expect(secondsSince(0, 20_000, 3_000, 1)).toBe(23);
  expect(secondsSince(0, 20_000, 3_000, 10)).toBe(50);
});

describe("seen-ago", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test("ticks, loses the signal and finds it again with a newer fix only", () => {
    document.body.innerHTML =
      '<p lang="en"><seen-ago at="2026-11-22T10:00:00Z" now="2026-11-22T10:00:20Z" zone="UTC" lost-after="60" topic="t:1" just-now="now" seconds-other="{n} s" lost="lost {time}"></seen-ago></p>';
    const ago = document.querySelector("seen-ago")!;
    expect(ago.textContent).toBe("20 s");
    vi.advanceTimersByTime(41_000);
    expect(ago.textContent).toBe("lost 10:00");
    expect(ago.getAttribute("state")).toBe("lost");
    const tell = (topic: string, at: string) => document.dispatchEvent(new CustomEvent("blisko:fix", { detail: { topic, at } }));
    tell("t:2", "2026-11-22T10:01:00Z");
    tell("t:1", "2026-11-22T09:00:00Z");
    expect(ago.getAttribute("state")).toBe("lost");
    tell("t:1", "2026-11-22T10:01:00Z");
    expect(ago.textContent).toBe("now");
    expect(ago.getAttribute("state")).toBe("seen");
    document.body.innerHTML = "";
  });
});

test("the theme is one of three, and auto forgets the cookie", () => {
  expect([null, "x", "dark"].map(asTheme)).toEqual(["auto", "auto", "dark"]);
  expect(themeCookie("auto", true)).toContain("Max-Age=0");
  expect(themeCookie("dark", true)).toMatch(/^blisko_theme=dark;.*Secure$/);
});
