/** Pixels of the page's font size: 16, unless the reader or a small window has another one. */
export const rem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
