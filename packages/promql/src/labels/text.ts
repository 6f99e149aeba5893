/** Orders texts by their code points, as Go orders strings by their UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  // Labels of neighbours are mostly equal, and engines compare whole texts faster.
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left === right) continue
    return inOrder(left) - inOrder(right)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all those of one unit. */
function inOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/** Quotes a text as Go's `%q` does, as far as JSON agrees with it. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}

/** Whether a text can be the name of a label. */
export function isLabelName(text: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(text)
}
