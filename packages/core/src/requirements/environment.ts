import { oneOf, type Requirement, shown } from './requirements.ts'

/**
 * Reads a variable. An empty one counts as unset.
 *
 * @throws {TypeError} one sentence that names the variable, its value, and what is allowed
 */
export function fromEnv(env: NodeJS.ProcessEnv, variable: string, allowed: Requirement): string | undefined {
  const value = env[variable]
  if (value === undefined || value === '') return undefined
  const problem = allowed(value)
  if (problem !== undefined)
    throw new TypeError(
      `Sightline: environment variable ${variable} is ${shown(value, variable)}, but must be ${problem}`,
    )
  return value
}

/** Reads a boolean variable. Throws like {@link fromEnv}. */
export function flag(env: NodeJS.ProcessEnv, variable: string): boolean | undefined {
  const value = fromEnv(env, variable, oneOf('true', 'false', '1', '0'))
  return value === undefined ? undefined : value === 'true' || value === '1'
}

/** Reads a numeric variable. Throws like {@link fromEnv}. */
export function number(env: NodeJS.ProcessEnv, variable: string, allowed: Requirement): number | undefined {
  const value = fromEnv(env, variable, (digits) => allowed(Number(digits)))
  return value === undefined ? undefined : Number(value)
}

/**
 * Refuses a variable by its old name.
 *
 * @throws {TypeError} one sentence that names the new one
 */
export function renamedIn(env: NodeJS.ProcessEnv, variable: string, instead: string): void {
  if (env[variable])
    throw new TypeError(`Sightline: environment variable ${variable} has been renamed: use ${instead}`)
}
