import { createRequire, register } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { trace as traceApi, type TracerProvider } from '@opentelemetry/api'
import type { FaultReporter } from '@sightline/core/telemetry'

/** What all instrumentations of OpenTelemetry have in common. */
interface Instrumentation {
  setTracerProvider(provider: TracerProvider): void
  enable(): void
}

const PREFIX = '@opentelemetry/instrumentation-'
/** Teaches the loader of ES modules to let instrumentations in. */
const ESM_HOOK = '@opentelemetry/instrumentation/hook.mjs'

/**
 * Loads instrumentations that the application has installed, such as `pg`, and switches them on. One that is not there is
 * said to be missing, and nothing else happens.
 *
 * @returns the short names of those that are on
 */
export function loadInstrumentations(names: readonly string[], fault: FaultReporter): ReadonlySet<string> {
  const loaded = new Set<string>()
  // The application's packages, not ours.
  const load = createRequire(join(process.cwd(), 'package.json'))
  let hooked = false
  for (const name of names) {
    const packageName = name.includes('/') ? name : `${PREFIX}${name}`
    try {
      const exported = load(packageName) as Record<string, unknown>
      const Made = Object.entries(exported).find(([each]) => each.endsWith('Instrumentation'))?.[1]
      if (typeof Made !== 'function') throw new Error(`${packageName} exports no instrumentation`)
      // The package's own loader hook: where it is installed depends on the package manager.
      if (!hooked) register(ESM_HOOK, pathToFileURL(load.resolve(packageName)))
      hooked = true
      // Every instrumentation can be made without options; it patches what is loaded from now on.
      const instrumentation = Reflect.construct(Made, []) as Instrumentation
      instrumentation.setTracerProvider(traceApi.getTracerProvider())
      instrumentation.enable()
      loaded.add(packageName.replace(PREFIX, ''))
    } catch (error) {
      fault(`the instrumentation ${packageName}`, error)
    }
  }
  return loaded
}
