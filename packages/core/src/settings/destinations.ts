import { objectWith, type Requirement, text } from '../requirements/requirements.ts'
import type { Destination } from '../taps.ts'

const DESTINATION = 'an object with a name and a method attach(taps)'

/** The requirement for a destination. */
export const destination: Requirement = (value) =>
  objectWith(DESTINATION, 'attach')(value) ?? (text((value as Destination).name) && DESTINATION)

/** The requirement for the option. Names must be unique, because warnings use them. */
export const destinations: Requirement = (value) => {
  if (!Array.isArray(value)) return 'a list of destinations'
  if (value.some((each) => destination(each) !== undefined))
    return 'a list of destinations: objects with a name and a method attach(taps)'
  const names = (value as readonly Destination[]).map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  return twice === undefined
    ? undefined
    : `a list of destinations of different names: ${JSON.stringify(twice)} is there twice`
}
