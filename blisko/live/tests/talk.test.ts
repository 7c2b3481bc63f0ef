import { describe, expect, test } from "vitest";
import { fill } from "../islands/filters";
import { queryOf, wordsOf } from "../islands/talk";

describe("what the console says", () => {
  test("leaves out of an address what is empty", () => {
    expect(queryOf([["day", "2026-11-25"], ["text", "  "], ["team", " north "], ["file", new File([], "x")]])).toBe("day=2026-11-25&team=north");
  });

  test("reads the sentence of a refusal and of nothing else", () => {
    expect(wordsOf({ detail: "Not now." })).toBe("Not now.");
    for (const said of [null, undefined, "x", {}, { detail: 3 }]) expect(wordsOf(said)).toBe("");
  });
});

describe("the filters", () => {
  test("show what stands in the address, and are empty where nothing does", () => {
    document.body.innerHTML = `<form><input type="search" name="text" value="old"><input type="checkbox" name="risk" value="1">
      <select name="state"><option value=""></option><option value="booked"></option></select></form>`;
    const form = document.querySelector("form")!;
    fill(form, new URLSearchParams("risk=1&state=booked"));
    const value = (name: string) => (form.elements.namedItem(name) as HTMLInputElement).value;
    expect([value("text"), value("state")]).toEqual(["", "booked"]);
    expect((form.elements.namedItem("risk") as HTMLInputElement).checked).toBe(true);
    fill(form, new URLSearchParams());
    expect((form.elements.namedItem("risk") as HTMLInputElement).checked).toBe(false);
  });
});
