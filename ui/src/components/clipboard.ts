import { notifyError, notify } from "./toast";

/** Put text where it can be pasted from, and say so. */
export async function copy(text: string, message = "Copied."): Promise<void> {
  try {
    // Browsers offer their clipboard only to pages that came by HTTPS or from this machine.
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copySelected(text);
    notify(message);
  } catch (error) {
    notifyError(error);
  }
}

/**
 * The way that pages without a clipboard have: text is selected for a moment, where a dialog that is open lets it be.
 */
function copySelected(text: string): void {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("aria-hidden", "true");
  field.style.cssText = "position:fixed;inset:0;opacity:0;pointer-events:none";
  (before?.closest("[role=dialog]") ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  if (!isCopied)
    throw new Error("This browser does not allow copying from here. Select the text and copy it manually.");
}
