/**
 * `<sign-here>`: a canvas to sign on with a finger; what is drawn becomes the file of the form's `picture` field.
 *
 * Its children: a `canvas`, an `input[type=file][name=picture]`, a button with `data-clear`. Not shown where there are no scripts; left
 * alone when the page around it is drawn anew (`hx-morph-skip`), for what is being drawn is nobody else's.
 */
export class SignHere extends HTMLElement {
  #drawing = false;

  connectedCallback(): void {
    const canvas = this.querySelector("canvas");
    const brush = canvas?.getContext("2d");
    if (!canvas || !brush) return;
    this.#clear(canvas, brush);
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#drawing = true;
      brush.beginPath();
      brush.moveTo(...this.#place(canvas, event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.#drawing) return;
      brush.lineTo(...this.#place(canvas, event));
      brush.stroke();
    });
    canvas.addEventListener("pointerup", () => {
      this.#drawing = false;
      canvas.toBlob((drawn) => drawn && this.#give(drawn), "image/png");
    });
    this.querySelector("[data-clear]")?.addEventListener("click", () => {
      this.#clear(canvas, brush);
      this.#give(null);
    });
  }

  #clear(canvas: HTMLCanvasElement, brush: CanvasRenderingContext2D): void {
    const dense = Math.min(2, devicePixelRatio || 1);
    canvas.width = Math.max(1, Math.round((canvas.clientWidth || 300) * dense));
    canvas.height = Math.max(1, Math.round((canvas.clientHeight || 150) * dense));
    brush.fillStyle = "#ffffff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.strokeStyle = "#13302a";
    brush.lineWidth = 2.5 * dense;
    brush.lineCap = brush.lineJoin = "round";
  }

  #place(canvas: HTMLCanvasElement, event: PointerEvent): [number, number] {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  }

  #give(drawn: Blob | null): void {
    const field = this.querySelector<HTMLInputElement>("input[type=file]");
    if (!field) return;
    const files = new DataTransfer();
    if (drawn) files.items.add(new File([drawn], "signature.png", { type: "image/png" }));
    field.files = files.files;
  }
}

customElements.define("sign-here", SignHere);
