/** A whole number from `least` to `most`, both included. */
export function between(least: number, most: number): number {
  return least + Math.floor(Math.random() * (most - least + 1))
}

/** Whether something happens that happens with this probability. */
export function happens(probability: number): boolean {
  return Math.random() < probability
}

/** One of the items. */
export function oneOf<T>(items: readonly [T, ...T[]]): T {
  return items[Math.floor(Math.random() * items.length)] ?? items[0]
}

/** Milliseconds until the next of events that come independently of each other, so many per second on average. */
export function untilNext(perSecond: number): number {
  return (-Math.log(1 - Math.random()) / perSecond) * 1_000
}
