/** Moves the focus to the element, or to the page where the element is gone. */
export function giveFocus(element: Element | null): void {
  const target =
    element instanceof HTMLElement && element.isConnected ? element : document.querySelector<HTMLElement>("main");
  target?.focus({ preventScroll: true });
}
