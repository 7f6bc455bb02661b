/**
 * For another view of the same page, such as a tab or a filter: it takes the place of the one before, and moves
 * nothing.
 */
export const IN_PLACE = { replace: true, resetScroll: false } as const;
