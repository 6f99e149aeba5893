/**
 * A function that returns a text for a resource or scope, which is the same for equal ones. The store may return equal ones as one object
 * or as several; one object is only looked at once.
 */
export function keysOfObjects(): (value: object) => string {
  const known = new Map<object, string>()
  return (value) =>
    groupOf(known, value, () =>
      JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each)),
    )
}

/** The entry of a key, which is made where it is new. */
export function groupOf<Key, Group>(groups: Map<Key, Group>, key: Key, make: () => Group): Group {
  let group = groups.get(key)
  if (group === undefined) groups.set(key, (group = make()))
  return group
}
