/** Up to this length, Go sorts by insertion. */
const SHORT = 12

/**
 * Sorts by values as Go's `sort.Sort` does with the reverse of `isLess`. NaN is less than anything, itself included: in
 * which order several of them come depends on the algorithm, which is Go's for short lists. Equal values of long lists come
 * in the order of the input, where Go promises none.
 */
export function descending<Item>(
  items: readonly Item[],
  valueOf: (item: Item) => number,
  isLess: (a: number, b: number) => boolean,
): Item[] {
  const isBelow = (a: Item, b: Item) => Number.isNaN(valueOf(a)) || isLess(valueOf(a), valueOf(b))
  if (items.length > SHORT) {
    return items.toSorted((a, b) => Number(isBelow(a, b)) - Number(isBelow(b, a)))
  }
  const list: Item[] = []
  for (const item of items) {
    let index = list.length
    for (
      let previous = list[index - 1];
      previous !== undefined && isBelow(previous, item);
      previous = list[index - 1]
    )
      list[index--] = previous
    list[index] = item
  }
  return list
}
