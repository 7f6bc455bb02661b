/** Saves a picture as a file of the browser's. */
export function download(image: HTMLCanvasElement | null, name: string): void {
  image?.toBlob((blob) => {
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    Object.assign(document.createElement("a"), { href: address, download: name }).click();
    URL.revokeObjectURL(address);
  });
}
