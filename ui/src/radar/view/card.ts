/** The size of a node's card in pixels at zoom 1. */
export const CARD_WIDTH = 216;
export const CARD_HEIGHT = 46;
