/** Where the keyboard goes on: at the element, or at the page where that is not there any more. */
export function giveFocus(element: Element | null): void {
  const target =
    element instanceof HTMLElement && element.isConnected ? element : document.querySelector<HTMLElement>("main");
  target?.focus({ preventScroll: true });
}
