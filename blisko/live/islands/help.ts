/** How help looks on a visit's page before it is sent, and what of it goes ahead of everything else. */
import { shownPicture } from "./pictures";
import { markOf, type Operation } from "./work";

const kinds = new Set(["help", "help_photo", "help_call"]);

/** Help in words, which goes at once whatever else is on its way. */
export function spoken(waiting: readonly Operation[]): Operation[] {
  return waiting.filter((one) => kinds.has(one.kind) && !one.picture && one.queue === waiting[0]?.queue);
}

/** What is sent next: help, even before what was done earlier; else all of it. */
export function nextOf(waiting: readonly Operation[]): Operation[] {
  const help = waiting.filter((one) => kinds.has(one.kind));
  return help.length > 0 ? help : [...waiting];
}

/** Shows one operation that has not been sent in the thread of its visit. */
export function showHelp(place: ParentNode, one: Operation): void {
  const talk = place.querySelector("[data-help]");
  if (!talk || !kinds.has(one.kind)) return;
  const line = Object.assign(document.createElement("li"), { className: `said said-mine ${markOf(one)}` });
  if (one.picture) {
    line.append(shownPicture(one.picture, String(one.data["caption"] ?? ""), "said-photo"));
  } else {
    const said = one.kind === "help" ? String(one.data["text"] ?? "") : wordsOf(place, String(one.data["outcome"] ?? ""));
    line.append(Object.assign(document.createElement("p"), { textContent: said }));
  }
  talk.append(line);
}

/** Words for a call, as its form has them. */
function wordsOf(place: ParentNode, outcome: string): string {
  const forms = [...place.querySelectorAll<HTMLFormElement>("form[data-operation=help_call]")];
  return forms.find((one) => one.querySelector("input[name=outcome]")?.getAttribute("value") === outcome)?.dataset["said"] ?? "";
}

/** Shows the button that says "we spoke" once he has rung, whether the house knows of it or not. */
export function showCall(place: ParentNode, unsent: readonly Operation[]): void {
  const last = unsent.filter((one) => one.kind === "help_call").at(-1);
  const button = place.querySelector<HTMLElement>("[data-after-call]");
  if (button && last) button.hidden = last.data["outcome"] !== "rang";
}
