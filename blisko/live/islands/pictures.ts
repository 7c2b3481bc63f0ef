/** Photos on the telephone: made small before they go, and shown before they have gone. */
const side = 1600;
const quality = 0.8;

/** The size of a picture that is to be at most `most` either way. */
export function fitted(width: number, height: number, most = side): [number, number] {
  const by = Math.min(1, most / Math.max(width, height));
  return [Math.max(1, Math.round(width * by)), Math.max(1, Math.round(height * by))];
}

/** The same in a fraction of the time and a little coarser, for somebody who waits for it. */
export const hasty = (file: Blob): Promise<Blob> => small(file, 1280, "image/jpeg");

/** The picture upright, small and without what the camera wrote into it; as it is where this browser cannot read it. */
export async function small(file: Blob, most = side, kind = "image/webp"): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const [width, height] = fitted(picture.width, picture.height, most);
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
    picture.close();
    const found = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, kind, quality));
    return found && found.size < file.size ? found : file;
  } catch {
    return file;
  }
}

/** A picture that is only here, to look at. */
export function shownPicture(picture: Blob, alt: string, className: string): HTMLImageElement {
  const photo = Object.assign(document.createElement("img"), { src: URL.createObjectURL(picture), alt, className });
  for (const end of ["load", "error"]) photo.addEventListener(end, () => URL.revokeObjectURL(photo.src), { once: true });
  return photo;
}
