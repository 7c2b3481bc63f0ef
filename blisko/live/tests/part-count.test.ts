import { describe, expect, test } from "vitest";
import { counted } from "../islands/part-count";

describe("counting parts", () => {
  test("goes up and down and never below the least", () => {
    expect([counted("3", 1, 0), counted("3", -1, 0), counted("0", -1, 0), counted("1", -1, 1), counted("", 1, 0)]).toEqual([4, 2, 0, 1, 1]);
  });

  test("is done by the buttons, a press at a time", () => {
    const around = document.createElement("part-count");
    around.innerHTML = `<button data-by="-1"></button><input type="number" min="0" value="1"><button data-by="1"></button>`;
    document.body.append(around);
    const [fewer, more] = [...document.querySelectorAll("button")];
    more!.click();
    more!.click();
    fewer!.click();
    expect(document.querySelector("input")!.value).toBe("2");
  });
});
