/** A random integer from `least` to `most`, inclusive. */
export function between(least: number, most: number): number {
  return least + Math.floor(Math.random() * (most - least + 1))
}

/** Whether an event of this probability occurs. */
export function happens(probability: number): boolean {
  return Math.random() < probability
}

/** A random item. */
export function oneOf<T>(items: readonly [T, ...T[]]): T {
  return items[Math.floor(Math.random() * items.length)] ?? items[0]
}

/** Milliseconds until the next of independent events with this average rate per second. */
export function untilNext(perSecond: number): number {
  return (-Math.log(1 - Math.random()) / perSecond) * 1_000
}
