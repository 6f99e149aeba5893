import type { ProbeOptions } from '../options/options.ts'
import type { ProbeSettings } from '../probes/probes.ts'
import { fromEnv, number, renamedIn } from '../requirements/environment.ts'
import { milliseconds, port, type Table, text } from '../requirements/requirements.ts'

/** The requirements of the options. */
export const PROBE_TABLE: Table = {
  port,
  host: text,
  saturatedAfter: milliseconds,
  wedgedAfter: milliseconds,
}

/** With a shorter delay, an event loop is merely busy. */
const MIN_SATURATED_MS = 100

/**
 * Applies environment and defaults. `undefined`: no probe thread.
 *
 * @throws {TypeError} if an environment variable is wrong, the port is missing, or the times contradict each other
 */
export function probesFrom(
  options: ProbeOptions | undefined,
  env: NodeJS.ProcessEnv,
  path: string | false,
): ProbeSettings | undefined {
  renamedIn(env, 'SIGHTLINE_HEALTH_WORKER_PORT', 'SIGHTLINE_HEALTH_PROBES_PORT')
  renamedIn(env, 'SIGHTLINE_HEALTH_WORKER_HOST', 'SIGHTLINE_HEALTH_PROBES_HOST')
  const chosen = options?.port ?? number(env, 'SIGHTLINE_HEALTH_PROBES_PORT', port)
  if (chosen === undefined && options === undefined) return undefined
  const { saturatedAfter = 1_000, wedgedAfter = 10_000 } = options ?? {}
  if (chosen === undefined) throw new TypeError('Sightline: health.probes needs a port: health.probes.port')
  if (path === false)
    throw new TypeError('Sightline: health.probes answers below health.path, which is false')
  if (saturatedAfter < MIN_SATURATED_MS || wedgedAfter <= saturatedAfter)
    throw new TypeError(
      `Sightline: health.probes.saturatedAfter is ${saturatedAfter} ms, but must be from ${MIN_SATURATED_MS} to below health.probes.wedgedAfter, which is ${wedgedAfter} ms`,
    )
  return {
    path,
    port: chosen,
    host: options?.host ?? fromEnv(env, 'SIGHTLINE_HEALTH_PROBES_HOST', text),
    saturatedAfter,
    wedgedAfter,
  }
}
